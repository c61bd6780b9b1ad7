/** Checkpoints as A1111 lists and finds them. */
import type { ModelInfo, sdapi } from '@bottega/contract';
import type { SdapiServices } from '../services.ts';

/** Those that can be used. */
export function listModels(models: readonly ModelInfo[]): sdapi.SdModelList {
  return models
    .filter((model) => model.problem === undefined)
    .map(({ title, name, sha256, fileName }) => ({
      title,
      model_name: name,
      hash: sha256?.slice(0, 10) ?? null,
      sha256: sha256 ?? null,
      filename: fileName,
      config: null,
    }));
}

/** By any of its names; the default one where `name` is not given; `undefined` where there is none. */
export function findModel(models: SdapiServices['models'], name?: string): ModelInfo | undefined {
  try {
    return models.find(name);
  } catch {
    return undefined;
  }
}

/**
 * Asks for a model that is installed and cannot be used: what is wrong with it is then told, where A1111 fails to load.
 * @throws AppError 'model.unknown', with the file's problem
 */
export function refuseUnusable(models: SdapiServices['models'], name: string): void {
  const wanted = name.toLowerCase();
  const isUnusable = models
    .list()
    .some(
      (model) =>
        model.problem !== undefined &&
        [model.name, model.fileName, model.title].some((known) => known.toLowerCase() === wanted),
    );
  if (isUnusable) models.find(name);
}
