/** The second pass of a recipe, as the engine takes it. */
import { AppError, type Hires } from '@bottega/contract';
import type { Model, TextToImageRequest } from '@bottega/diffusion';
import type { Db } from '../db/connect.ts';
import { scanModels } from '../models/scan.ts';
import type { ModelSlot } from './model-slot.ts';

export type SecondPassParts = {
  readonly db: Db;
  readonly slot: ModelSlot;
  readonly modelFolders: readonly string[];
};

/**
 * @param first The model of the first pass, which stays loaded.
 * @throws AppError `model.unknown` where the model of the second pass has gone; what loading throws.
 */
export async function secondPassOf(
  hires: Hires | undefined,
  first: Model,
  { db, slot, modelFolders }: SecondPassParts,
): Promise<TextToImageRequest['hires']> {
  if (hires === undefined) return undefined;
  const { model: name, ...rest } = hires;
  if (name === undefined) return rest;
  const file = (await scanModels(modelFolders)).find((one) => one.name === name);
  if (file === undefined) throw new AppError('model.unknown', { name, remedy: 'It was there before.' });
  const known = await db
    .selectFrom('model_files')
    .select('sha256')
    .where('path', '=', file.path)
    .executeTakeFirst();
  const model = await slot.get({ path: file.path, sha256: known?.sha256 }, [first]);
  return model === first ? rest : { ...rest, model };
}
