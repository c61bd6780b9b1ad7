/** Finding model files without a server: in the folders that the server reads, by the same rules. */
import { isAbsolute, resolve } from 'node:path';
import { statSync } from 'node:fs';
import { AppError } from '@bottega/contract';
import { type FoundFile, scanModels } from '@bottega/server/model-files';
import type { Context } from './command.ts';
import { configuration } from './configuration.ts';

export type { FoundFile } from '@bottega/server/model-files';

type Place = Pick<Context, 'cwd' | 'env'>;

/** The data folder, and the folders with models in order of preference; the first is the user's own. */
export function folders({ env }: Pick<Place, 'env'>): {
  readonly data: string;
  readonly models: readonly string[];
} {
  const { dataFolder, modelFolders } = configuration(env);
  return { data: dataFolder, models: modelFolders };
}

/** Every installed model. */
export function findModels(place: Pick<Place, 'env'>): Promise<FoundFile[]> {
  return scanModels(folders(place).models);
}

/** The path of a model given by path or by name, or of the default one; throws AppError `model.unknown`, `model.none`. */
export async function resolveModel(wanted: string | undefined, place: Place): Promise<string> {
  if (wanted !== undefined && (isAbsolute(wanted) || /[/\\]|\.(safetensors|ckpt|pt)$/.test(wanted))) {
    const path = resolve(place.cwd, wanted);
    // A folder may be a model in the layout of diffusers.
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return path;
  }
  const found = await findModels(place);
  const chosen =
    wanted === undefined
      ? found[0]
      : found.find(({ name, fileName }) => name === wanted || fileName === wanted);
  if (chosen === undefined) throw noSuchModel(wanted, found, folders(place).models);
  return chosen.path;
}

/** @param wanted `undefined` where any would have done. */
export function noSuchModel(
  wanted: string | undefined,
  installed: readonly FoundFile[],
  places: readonly string[],
): AppError {
  if (installed.length === 0) return new AppError('model.none', { folder: places[0] });
  const remedy = `Installed: ${installed.map(({ name }) => name).join(', ')}.`;
  return new AppError('model.unknown', { name: wanted ?? '', remedy });
}
