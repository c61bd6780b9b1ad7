/** The second pass of a recipe, as the engine takes it. */
import type { Hires } from '@bottega/contract';
import type { Model, TextToImageRequest } from '@bottega/diffusion';
import type { ModelSlot } from './model-slot.ts';
import type { OtherFiles } from './other-files.ts';

export type SecondPassParts = {
  readonly slot: ModelSlot;
  readonly files: Pick<OtherFiles, 'modelNamed'>;
};

/**
 * @param first The model of the first pass, which stays loaded.
 * @throws AppError `model.unknown` where the model of the second pass has gone; what loading throws.
 */
export async function secondPassOf(
  hires: Hires | undefined,
  first: Model,
  { slot, files }: SecondPassParts,
): Promise<TextToImageRequest['hires']> {
  if (hires === undefined) return undefined;
  const { model: name, ...rest } = hires;
  if (name === undefined) return rest;
  const model = await slot.get(await files.modelNamed(name), [first]);
  return model === first ? rest : { ...rest, model };
}
