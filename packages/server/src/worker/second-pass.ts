/** The second pass of a recipe, as the engine takes it. */
import { AppError, type Hires } from '@bottega/contract';
import type { Model, TextToImageRequest } from '@bottega/diffusion';
import type { MediaStore } from '../media/media-store.ts';
import { openPicture } from '../media/open-start.ts';
import type { ModelSlot } from './model-slot.ts';
import type { OtherFiles } from './other-files.ts';

export type SecondPassParts = {
  readonly slot: ModelSlot;
  readonly files: Pick<OtherFiles, 'modelNamed'>;
  readonly media: Pick<MediaStore, 'get'>;
};

/**
 * @param first The model of the first pass, which stays loaded.
 * @throws AppError `model.unknown` where the model of the second pass has gone, `media.unknown` and
 *   `picture.unreadable` for the picture in the place of the first; what loading throws.
 */
export async function secondPassOf(
  hires: Hires | undefined,
  first: Model,
  { slot, files, media }: SecondPassParts,
): Promise<TextToImageRequest['hires']> {
  if (hires === undefined) return undefined;
  const { model: name, firstPass: id, ...wishes } = hires;
  const rest = id === undefined ? wishes : { ...wishes, firstPass: await open(id, media) };
  if (name === undefined) return rest;
  const model = await slot.get(await files.modelNamed(name), [first]);
  return model === first ? rest : { ...rest, model };
}

async function open(id: string, media: SecondPassParts['media']) {
  const file = await media.get(Buffer.from(id, 'hex'));
  if (file === undefined) throw new AppError('media.unknown', { field: 'hires.firstPass', id });
  return openPicture(file);
}
