/** Masks on the pictures of units: what was drawn upon them, which preprocessors for whole pictures follow instead. */
import { whereToDraw } from '../../../media/flatten.ts';
import { readPicture, writePicture } from '../../../media/read-picture.ts';
import { RequestMismatch } from '../request.ts';

/** Nothing is drawn on a mask whose values are all at most the first, or all at least the second. */
const blank = { black: 5, white: 250 };

/**
 * The mask as a PNG in grey, where anything is drawn on it (ControlNet extension: "canvas scribble mode").
 * @param size The picture's.
 * @param at The mask's place in the request, for what is refused.
 * @throws RequestMismatch for a mask of another size; AppError `picture.unreadable`.
 */
export async function scribbleOf(
  mask: Buffer,
  { width, height }: { readonly width: number; readonly height: number },
  at: readonly (string | number)[],
): Promise<Buffer | undefined> {
  const drawn = whereToDraw(await readPicture(mask), false);
  if (drawn.width !== width || drawn.height !== height) {
    const sizes = `(${height}, ${width}) not aligned with mask shape (${drawn.height}, ${drawn.width})`;
    throw new RequestMismatch([{ loc: [...at], msg: `image shape ${sizes}`, type: 'value_error' }]);
  }
  const data = Buffer.alloc(drawn.data.length);
  let [least, most] = [255, 0];
  for (let i = 0; i < data.length; i += 3) {
    const value = drawn.data[i];
    data.fill(value, i, i + 3);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most <= blank.black || least >= blank.white) return undefined;
  return writePicture({ width, height, channels: 3, data });
}
