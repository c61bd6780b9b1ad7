import type { ImageToImageRequest, MaskedContent, RgbImage } from '../../api.ts';
import { checkInteger, checkObject, refuse } from '../checks.ts';
import type { Size } from '../picture-size.ts';
import { checkImage } from './resolve-picture.ts';

/** Draws a picture on beyond its edges. */
export type OutpaintRequest = {
  /** Pixels that are added on each side, 0 (default) to 4096; the sum across and down is rounded up to multiples of 8. */
  readonly left?: number;
  readonly right?: number;
  readonly up?: number;
  readonly down?: number;
  /** Standard deviation of the border's blur in pixels, 0 to 256; as much of the picture is drawn anew; default 8. */
  readonly blur?: number;
  /** What the new part starts from; default 'fill'. */
  readonly content?: MaskedContent;
};

type Margins = { readonly left: number; readonly right: number; readonly up: number; readonly down: number };

const most = { min: 0, max: 4096 };
const multiple = 8;

/** The size of a picture with what is added to it. @throws EngineError 'request.invalid' */
export function outpaintedSize({ width, height }: Size, outpaint: OutpaintRequest): Size {
  const { left, right, up, down } = marginsOf({ width, height }, outpaint);
  return { width: left + width + right, height: up + height + down };
}

/**
 * The same request with a larger picture, whose edges are drawn out, and a mask of what was added.
 * @throws EngineError 'request.invalid' with a mask, or where nothing is added.
 */
export function outpainted(request: ImageToImageRequest): ImageToImageRequest {
  const { outpaint, ...rest } = request;
  if (outpaint === undefined) return request;
  const given = checkObject('outpaint', outpaint);
  if (request.mask) refuse('outpaint', 'makes its own mask and takes no other', 'one with a mask');
  if (!Array.isArray(request.images)) return rest;
  const blur = checkInteger('outpaint.blur', given.blur ?? 8, { min: 0, max: 256 });
  const images = request.images.map((image: RgbImage, i) => checkImage(`images[${i}]`, image));
  if (images.length === 0) return rest;
  const margins = marginsOf(images[0], given);
  if (Object.values(margins).every((margin) => margin === 0)) {
    refuse('outpaint', 'must add something on a side', 'nothing');
  }
  return {
    ...rest,
    images: images.map((image) => extended(image, margins)),
    mask: { image: maskOf(images[0], margins, blur), blur, content: given.content ?? 'fill' },
  };
}

function marginsOf({ width, height }: Size, given: OutpaintRequest): Margins {
  const read = (side: 'left' | 'right' | 'up' | 'down'): number =>
    checkInteger(`outpaint.${side}`, given[side] ?? 0, most);
  const [left, right] = completed(width, read('left'), read('right'));
  const [up, down] = completed(height, read('up'), read('down'));
  return { left, right, up, down };
}

/** With what is missing to a multiple of 8 added where something is added already. */
function completed(side: number, before: number, after: number): readonly [before: number, after: number] {
  const sum = side + before + after;
  const missing = before + after === 0 ? 0 : (multiple - (sum % multiple)) % multiple;
  return after > 0 ? [before, after + missing] : [before + missing, after];
}

/** Beyond its edges a picture goes on as it ends. */
function extended({ width, height, data }: RgbImage, { left, right, up, down }: Margins): RgbImage {
  const [wide, high] = [left + width + right, up + height + down];
  const result = new Uint8Array(wide * high * 3);
  for (let y = 0; y < high; y++) {
    const row = Math.min(height - 1, Math.max(0, y - up)) * width;
    for (let x = 0; x < wide; x++) {
      const from = 3 * (row + Math.min(width - 1, Math.max(0, x - left)));
      for (let colour = 0; colour < 3; colour++) result[3 * (y * wide + x) + colour] = data[from + colour];
    }
  }
  return { width: wide, height: high, data: result };
}

/** White where something was added, and so many pixels further in. */
function maskOf({ width, height }: Size, { left, right, up, down }: Margins, overlap: number): RgbImage {
  const [wide, high] = [left + width + right, up + height + down];
  const inner = (margin: number): number => (margin > 0 ? margin + overlap : 0);
  const [x0, x1] = [inner(left), wide - inner(right)];
  const [y0, y1] = [inner(up), high - inner(down)];
  const result = new Uint8Array(wide * high * 3).fill(255);
  for (let y = y0; y < y1; y++) result.fill(0, 3 * (y * wide + x0), 3 * (y * wide + Math.max(x0, x1)));
  return { width: wide, height: high, data: result };
}
