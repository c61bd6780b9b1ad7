/** The pictures that a recipe starts from, as the engine takes them. */
import type { Start } from '@bottega/contract';
import { AppError } from '@bottega/contract';
import type { ImageToImageRequest } from '@bottega/diffusion';
import type { MediaStore } from '../media/media-store.ts';
import { openColours, openMask, openPicture } from '../media/open-start.ts';

export type EngineStart = Pick<
  ImageToImageRequest,
  | 'images'
  | 'strength'
  | 'resizeMode'
  | 'mask'
  | 'outpaint'
  | 'encoderSeed'
  | 'imageCfgScale'
  | 'matchColours'
>;

/** @throws AppError `media.unknown` where somebody has taken a file away, `picture.unreadable` where it is damaged. */
export async function startOf(start: Start, media: Pick<MediaStore, 'get'>): Promise<EngineStart> {
  const { images, mask, background, ...rest } = start;
  const read = async (id: string, field: string): Promise<Buffer> => {
    const file = await media.get(Buffer.from(id, 'hex'));
    if (file === undefined) throw new AppError('media.unknown', { field, id });
    return file;
  };
  const opened: ImageToImageRequest['images'][number][] = [];
  // One after the other: unpacked, each may be large.
  for (const [i, id] of images.entries()) {
    opened.push(await openPicture(await read(id, `start.images.${i}`), background));
  }
  const latents = mask?.latents;
  return {
    ...rest,
    images: opened,
    ...(mask && {
      mask: {
        ...mask,
        image: await openMask(
          await read(mask.image, 'start.mask.image'),
          mask.soft === undefined ? mask.round : false,
        ),
        latents:
          latents === undefined ? undefined : await openColours(await read(latents, 'start.mask.latents')),
      },
    }),
  };
}
