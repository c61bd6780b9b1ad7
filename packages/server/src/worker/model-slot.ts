/** Keeps the last model loaded until another is wanted. */
import type { LoadOptions, Model } from '@bottega/diffusion';
import type { Engine } from './engine.ts';

export type ModelSlot = {
  /** Loads it where it is not the one that is loaded. */
  get(path: string, sha256: string | undefined): Promise<Model>;
};

export function createModelSlot(engine: Engine, options: LoadOptions): ModelSlot {
  let loaded: { readonly key: string; readonly model: Model } | undefined;
  return {
    get: async (path, sha256) => {
      const key = `${path}\n${sha256}`;
      if (loaded?.key !== key) {
        const before = loaded;
        loaded = undefined;
        await before?.model.dispose();
        loaded = { key, model: await engine.loadModel(path, { ...options, sha256 }) };
      }
      return loaded.model;
    },
  };
}
