/** The files that a recipe names beside its model: a VAE and a refiner. */
import { AppError } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import type { ResolvedRecipe } from '../db/schema.ts';
import { scanModels } from '../models/scan.ts';
import type { FoundFile } from '../models/scan.ts';
import { createVaes } from '../models/vaes.ts';
import type { HashedFile } from './model-slot.ts';

export type OtherFiles = {
  /**
   * The VAE that a recipe names, else the one that lies beside its model.
   * @throws AppError `vae.unknown` where somebody has taken it away.
   */
  vaeFor(recipe: ResolvedRecipe, modelPath: string): Promise<HashedFile | undefined>;
  /** @throws AppError `model.unknown` where somebody has taken it away. */
  refinerOf(recipe: ResolvedRecipe): Promise<HashedFile | undefined>;
};

/** @param folders Of models. */
export function createOtherFiles(db: Db, folders: readonly string[]): OtherFiles {
  const vaes = createVaes(folders);

  /** Infotexts name files by their hashes. */
  async function hashed(file: FoundFile): Promise<HashedFile> {
    // The engine comes with it, and until then a worker is a small process.
    const { createFileHashes } = await import('../models/file-hashes.ts');
    const hashes = createFileHashes(db);
    if (file.isFolder) return { path: file.path, sha256: undefined };
    const known = (await hashes.known([file])).get(file.path);
    return { path: file.path, sha256: known ?? (await hashes.compute(file, new AbortController().signal)) };
  }

  return {
    vaeFor: async ({ vae }, modelPath) => {
      if (vae === 'None') return undefined;
      const found = vae === undefined ? await vaes.beside(modelPath) : await vaes.find(vae);
      return found && (await hashed(found));
    },
    refinerOf: async ({ refiner }) => {
      if (refiner === undefined) return undefined;
      const found = (await scanModels(folders)).find(({ name }) => name === refiner.model);
      if (found !== undefined) return hashed(found);
      throw new AppError('model.unknown', { name: refiner.model, remedy: 'Its file has been taken away.' });
    },
  };
}
