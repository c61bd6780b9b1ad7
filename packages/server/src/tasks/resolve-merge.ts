/** An order to merge models by their names becomes one of files. */
import { AppError, type Merge, type ModelInfo } from '@bottega/contract';
import type { Models } from '../models/models.ts';
import type { Vaes } from '../models/vaes.ts';
import type { TaskRequest } from './kinds.ts';

/**
 * @param folder Where the new model goes.
 * @throws AppError `model.unknown`.
 */
export async function resolveMerge(
  order: Merge,
  models: Pick<Models, 'list' | 'pathOf'>,
  vaes: Pick<Vaes, 'find'>,
  folder: string,
): Promise<TaskRequest> {
  const { a, b, c, vae, ...rest } = order;
  const list = models.list();
  const pathOf = (name: string): string => models.pathOf(find(name, list).name);
  return {
    kind: 'merge',
    ...rest,
    folder,
    a: pathOf(a),
    ...(b !== undefined && { b: pathOf(b) }),
    ...(c !== undefined && { c: pathOf(c) }),
    ...(vae !== undefined && { vae: await vaePath(vae, pathOf, vaes) }),
  };
}

/** A VAE's file, or a model that has one. @throws AppError `vae.unknown` where there is neither. */
async function vaePath(
  name: string,
  pathOf: (name: string) => string,
  vaes: Pick<Vaes, 'find'>,
): Promise<string> {
  try {
    return (await vaes.find(name)).path;
  } catch (error) {
    try {
      return pathOf(name);
    } catch {
      throw error;
    }
  }
}

/** Also those that nothing can be drawn with: what they are good for is the merge's to say. */
function find(name: string, models: readonly ModelInfo[]): ModelInfo {
  const wanted = name.toLowerCase();
  const found = models.find(({ sha256, ...model }) =>
    [model.name, model.fileName, model.title, sha256, sha256?.slice(0, 10)].some(
      (known) => known?.toLowerCase() === wanted,
    ),
  );
  if (found !== undefined) return found;
  const known = models.slice(0, 20).map((model) => model.name);
  const remedy = `Installed: ${known.join(', ')}.`;
  throw new AppError('model.unknown', { name: name.replace(/[^\P{C}]/gu, '').slice(0, 100), remedy });
}
