/** The files that a recipe names beside its model: a VAE, a refiner, the model of a second pass. */
import { AppError } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import type { ResolvedRecipe } from '../db/schema.ts';
import type { FoundFile } from '../models/scan.ts';
import type { Vaes } from '../models/vaes.ts';
import type { HashedFile } from './model-slot.ts';

export type OtherFiles = {
  /**
   * The VAE that a recipe names, else the one that lies beside its model.
   * @throws AppError `vae.unknown` where somebody has taken it away.
   */
  vaeFor(recipe: ResolvedRecipe, modelPath: string): Promise<HashedFile | undefined>;
  /** @throws AppError `model.unknown` where somebody has taken it away. */
  modelNamed(name: string): Promise<HashedFile>;
};

export type OtherFilesParts = {
  readonly vaes: Pick<Vaes, 'find' | 'beside'>;
  /** Those that are there now. */
  readonly models: () => Promise<readonly FoundFile[]>;
  /** Infotexts name files by their SHA-256; `undefined` where it is not to be had. */
  readonly hashOf: (file: FoundFile) => Promise<string | undefined>;
};

export function createOtherFiles({ vaes, models, hashOf }: OtherFilesParts): OtherFiles {
  const hashed = async (file: FoundFile): Promise<HashedFile> => ({
    path: file.path,
    sha256: await hashOf(file),
  });
  return {
    vaeFor: async ({ vae }, modelPath) => {
      if (vae === 'None') return undefined;
      const found = vae === undefined ? await vaes.beside(modelPath) : await vaes.find(vae);
      return found && (await hashed(found));
    },
    modelNamed: async (name) => {
      const found = (await models()).find((one) => one.name === name);
      if (found !== undefined) return hashed(found);
      throw new AppError('model.unknown', { name, remedy: 'Its file has been taken away.' });
    },
  };
}

/** Hashes from the database, or computed now and remembered there. */
export function rememberedHashes(db: Db): OtherFilesParts['hashOf'] {
  return async (file) => {
    if (file.isFolder) return undefined;
    // The engine comes with it, and until then a worker is a small process.
    const { createFileHashes } = await import('../models/file-hashes.ts');
    const hashes = createFileHashes(db);
    const known = (await hashes.known([file])).get(file.path);
    return known ?? (await hashes.compute(file, new AbortController().signal));
  };
}
