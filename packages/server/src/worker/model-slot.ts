/** Keeps the last model loaded, until another is wanted or nobody wants any for a while. */
import type { LoadOptions, Model } from '@bottega/diffusion';
import type { Engine } from './engine.ts';

export type ModelSlot = {
  /** Loads it where it is not the one that is loaded. */
  get(path: string, sha256: string | undefined): Promise<Model>;
  /** Begins to count the idle time anew. */
  rest(): void;
  dispose(): Promise<void>;
};

/** @param idleMinutes 0 never unloads. */
export function createModelSlot(engine: Engine, options: LoadOptions, idleMinutes: number): ModelSlot {
  let loaded: { readonly key: string; readonly model: Model } | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function dispose(): Promise<void> {
    clearTimeout(timer);
    const { model } = loaded ?? {};
    loaded = undefined;
    await model?.dispose();
  }

  return {
    dispose,
    get: async (path, sha256) => {
      clearTimeout(timer);
      const key = `${path}\n${sha256}`;
      if (loaded?.key !== key) {
        await dispose();
        loaded = { key, model: await engine.loadModel(path, { ...options, sha256 }) };
      }
      return loaded.model;
    },
    rest: () => {
      clearTimeout(timer);
      if (idleMinutes > 0) timer = setTimeout(() => void dispose(), idleMinutes * 60_000).unref();
    },
  };
}
