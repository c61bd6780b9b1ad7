/** Finding model files without a server: the same folders that the server reads. */
import { readdirSync, statSync } from 'node:fs';
import { basename, delimiter, extname, isAbsolute, join, resolve } from 'node:path';
import { AppError } from '@bottega/contract';

export type ModelFile = { readonly name: string; readonly path: string };

const project = resolve(import.meta.dirname, '../../..');

/** The data folder: BOTTEGA_DATA, or `data` in the project. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(project, env.BOTTEGA_DATA ?? 'data');
}

/** In order of preference: the user's own, BOTTEGA_MODELS, and what ships with the program. */
export function modelFolders(env: Readonly<Record<string, string | undefined>>): string[] {
  const extra = (env.BOTTEGA_MODELS ?? '').split(delimiter).filter(Boolean);
  return [
    join(dataFolder(env), 'models'),
    ...extra.map((folder) => resolve(folder)),
    join(project, 'models'),
  ];
}

/** Every `.safetensors` in the folders, one level deep; the first of a name wins. */
export function findModels(folders: readonly string[]): ModelFile[] {
  const found = new Map<string, ModelFile>();
  for (const path of folders.flatMap((folder) => [...files(folder), ...subfolders(folder).flatMap(files)])) {
    const name = basename(path, extname(path));
    if (extname(path) === '.safetensors' && !found.has(name)) found.set(name, { name, path });
  }
  return [...found.values()];
}

/** A model by path or by name; throws AppError `model.unknown` or `model.none`. */
export function resolveModel(
  wanted: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (
    wanted !== undefined &&
    (isAbsolute(wanted) || wanted.includes('/') || wanted.endsWith('.safetensors'))
  ) {
    const path = resolve(cwd, wanted);
    if (isFile(path)) return path;
  }
  const folders = modelFolders(env);
  const found = findModels(folders);
  if (found.length === 0) throw new AppError('model.none', { folder: folders[0] });
  const model =
    wanted === undefined
      ? (found.find(({ name }) => name !== 'miniatura') ?? found[0])
      : byName(found, wanted);
  if (model !== undefined) return model.path;
  const remedy = `Installed: ${found.map(({ name }) => name).join(', ')}.`;
  throw new AppError('model.unknown', { name: wanted ?? '', remedy });
}

function byName(models: readonly ModelFile[], wanted: string): ModelFile | undefined {
  return models.find(({ name }) => name === wanted || `${name}.safetensors` === wanted);
}

function files(folder: string): string[] {
  return entries(folder).filter(isFile);
}

function subfolders(folder: string): string[] {
  return entries(folder).filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
