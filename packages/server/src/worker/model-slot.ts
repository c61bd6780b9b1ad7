/** Keeps the models that were drawn with last loaded, as far as they fit into a budget of memory. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions, Model } from '@bottega/diffusion';
import type { Engine } from './engine.ts';

/** A file, with its SHA-256 where it is known. */
export type HashedFile = { readonly path: string; readonly sha256: string | undefined };

export type ModelWish = HashedFile & {
  /** A VAE in place of the model's own. */
  readonly vae?: HashedFile;
};

export type ModelSlot = {
  /**
   * Loads a model where it is not loaded already, and lets go of those that were not used for longest until all fit
   * into the budget; one alone may be larger.
   * @param inUse Models that must stay.
   * @throws EngineError `checkpoint.*`, `card.malformed`.
   */
  get(wish: ModelWish, inUse?: readonly Model[]): Promise<Model>;
  /** Lets go of all. */
  close(): Promise<void>;
};

type Loaded = { readonly model: Model; readonly bytes: number };

/** @param budget In bytes of weights. */
export function createModelSlot(
  engine: Pick<Engine, 'loadModel'>,
  options: LoadOptions,
  budget: number,
): ModelSlot {
  /** The last used last. */
  const loaded = new Map<string, Loaded>();

  async function makeRoom(bytes: number, inUse: readonly Model[]): Promise<void> {
    for (const [key, { model }] of loaded) {
      const used = [...loaded.values()].reduce((sum, one) => sum + one.bytes, bytes);
      if (used <= budget) return;
      if (inUse.includes(model)) continue;
      loaded.delete(key);
      await model.dispose();
    }
  }

  return {
    get: async (wish, inUse = []) => {
      const { path, sha256, vae } = wish;
      const bytes = (await bytesOf(path)) + (vae === undefined ? 0 : await bytesOf(vae.path));
      const times = await Promise.all([path, vae?.path].map(changedAt));
      const key = [path, sha256, vae?.path, vae?.sha256, bytes, ...times].join('\n');
      const kept = loaded.get(key);
      if (kept !== undefined) {
        loaded.delete(key);
        loaded.set(key, kept);
        return kept.model;
      }
      await makeRoom(bytes, inUse);
      const own = { ...options, sha256, vae: vae?.path, vaeSha256: vae?.sha256 };
      const model = await engine.loadModel(path, own);
      loaded.set(key, { model, bytes });
      return model;
    },
    close: async () => {
      for (const [key, { model }] of loaded) {
        loaded.delete(key);
        await model.dispose();
      }
    },
  };

  /** The fast mode keeps weights as float32 beside the file, where they are half as long or shorter. */
  async function bytesOf(path: string): Promise<number> {
    const bytes = await sizeOf(path);
    return options.mode === 'fast' ? 3 * bytes : bytes;
  }
}

/** Many checkpoints are of one size, and a hash may not be known yet. */
async function changedAt(path: string | undefined): Promise<number | undefined> {
  return path === undefined ? undefined : (await stat(path).catch(() => undefined))?.mtimeMs;
}

/** Of a file, or of all files in a folder; 0 for what is not there. */
async function sizeOf(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.size;
  const sizes = (await readdir(path).catch(() => [])).map((name) => sizeOf(join(path, name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
