/** The pictures that a recipe starts from, as the engine takes them. */
import type { Start } from '@bottega/contract';
import { AppError } from '@bottega/contract';
import type { ImageToImageRequest } from '@bottega/diffusion';
import type { MediaStore } from '../media/media-store.ts';
import { onBackground, whereToDraw } from '../media/flatten.ts';
import { readPicture } from '../media/read-picture.ts';

export type EngineStart = Pick<
  ImageToImageRequest,
  'images' | 'strength' | 'resizeMode' | 'mask' | 'encoderSeed'
>;

/** @throws AppError `media.unknown` where somebody has taken a file away, `picture.unreadable` where it is damaged. */
export async function startOf(start: Start, media: Pick<MediaStore, 'get'>): Promise<EngineStart> {
  const { images, mask, background, ...rest } = start;
  const open = async (id: string, field: string) => {
    const file = await media.get(Buffer.from(id, 'hex'));
    if (file === undefined) throw new AppError('media.unknown', { field, id });
    return readPicture(file);
  };
  const opened: ImageToImageRequest['images'][number][] = [];
  // One after the other: unpacked, each may be large.
  for (const [i, id] of images.entries()) {
    opened.push(onBackground(await open(id, `start.images.${i}`), background));
  }
  return {
    ...rest,
    images: opened,
    ...(mask && {
      mask: {
        ...mask,
        image: whereToDraw(await open(mask.image, 'start.mask.image'), mask.round ?? true),
      },
    }),
  };
}
