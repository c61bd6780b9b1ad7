import type { Bytes } from './channels.ts';
import { bicubic, lanczos } from './filters.ts';
import { blankLike, pasted } from './region.ts';
import { resample } from './resample.ts';

/** How a picture comes to another shape: distorted, cut off at two sides, or with two edges drawn out. */
export type FitMode = 'stretch' | 'crop' | 'fill';

/** A picture in exactly this size, equal to what A1111's resize modes give with Pillow. */
export function fitImage(image: Bytes, mode: FitMode, width: number, height: number): Bytes {
  if (mode === 'stretch') return resample(image, width, height, lanczos);
  const difference = width * image.height - image.width * height;
  const isWider = difference > 0;
  const followsWidth = mode === 'crop' ? isWider : difference < 0;
  const wide = followsWidth ? width : sideOf(image.width, height, image.height);
  const high = followsWidth ? sideOf(image.height, width, image.width) : height;
  const resized = resample(image, wide, high, lanczos);
  const left = Math.floor(width / 2) - Math.floor(wide / 2);
  const top = Math.floor(height / 2) - Math.floor(high / 2);
  const middle = pasted(blankLike(image, width, height), resized, left, top);
  if (mode === 'crop') return middle;
  return isWider ? filledAcross(middle, resized, left) : filledDown(middle, resized, top);
}

/** `side` times `to / from`, cut off as the original does, but never to nothing, at which it fails. */
function sideOf(side: number, to: number, from: number): number {
  return Math.max(1, Math.floor((side * to) / from));
}

/** With the left and the right column of `image` drawn out to the sides. */
function filledAcross(ground: Bytes, image: Bytes, margin: number): Bytes {
  if (margin <= 0) return ground;
  const strip = (at: number): Bytes =>
    resample(image, margin, ground.height, bicubic, { left: at, right: at, top: 0, bottom: image.height });
  return pasted(pasted(ground, strip(0), 0, 0), strip(image.width), margin + image.width, 0);
}

function filledDown(ground: Bytes, image: Bytes, margin: number): Bytes {
  if (margin <= 0) return ground;
  const strip = (at: number): Bytes =>
    resample(image, ground.width, margin, bicubic, { left: 0, right: image.width, top: at, bottom: at });
  return pasted(pasted(ground, strip(0), 0, 0), strip(image.height), 0, margin + image.height);
}
