/** Files that a drawing starts from, or that are enlarged, as the engine takes them. */
import type { Start } from '@bottega/contract';
import type { RgbImage } from '@bottega/diffusion';
import { onBackground, whereToDraw, withoutOpacity } from './flatten.ts';
import type { MediaStore } from './media-store.ts';
import { readPicture } from './read-picture.ts';

/**
 * A picture to start from: upright, its transparent parts on a ground of one colour.
 * @param background `#rrggbb`, default white.
 * @throws AppError `picture.unreadable`.
 */
export async function openPicture(file: Buffer, background?: string): Promise<RgbImage> {
  return onBackground(await readPicture(file), background);
}

/** The first picture that a recipe starts from; `undefined` where its file is gone. @throws as `openPicture` does. */
export async function openFirst(
  { images, background }: Start,
  media: Pick<MediaStore, 'get'>,
): Promise<RgbImage | undefined> {
  const file = await media.get(Buffer.from(images[0], 'hex'));
  return file && openPicture(file, background);
}

/**
 * A mask: white, or opaque where anything is transparent, is drawn anew.
 * @param isRounded makes opacity all or nothing.
 * @throws AppError `picture.unreadable`.
 */
export async function openMask(file: Buffer, isRounded = true): Promise<RgbImage> {
  return whereToDraw(await readPicture(file), isRounded);
}

/**
 * A picture to enlarge: upright, its colours alone.
 * @throws AppError `picture.unreadable`.
 */
export async function openColours(file: Buffer): Promise<RgbImage> {
  return withoutOpacity(await readPicture(file));
}
