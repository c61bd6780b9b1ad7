import type { RgbaImage, RgbImage } from '../api.ts';
import { composite, cutOut, withAlpha, withoutAlpha, withStraightAlpha } from './alpha.ts';
import { boxBlur } from './box-blur.ts';
import { inverted } from './channels.ts';
import type { Bytes, GreyImage } from './channels.ts';

/** Ever finer blurs of what is left, and how often each is laid upon the ones before. */
const layers: readonly (readonly [radius: number, times: number])[] = [
  [256, 1],
  [64, 1],
  [16, 2],
  [4, 4],
  [2, 2],
  [0, 1],
];

/** A picture whose masked part is filled with the colours around it, as A1111's "fill" does. */
export function filledFromAround(image: RgbImage, mask: GreyImage): RgbImage {
  const left = cutOut(image, mask);
  let filled: Bytes = { ...left, data: new Uint8Array(left.data.length) };
  for (const [radius, times] of layers) {
    const layer = withStraightAlpha(boxBlur(left, radius));
    for (let i = 0; i < times; i++) filled = composite(filled, layer);
  }
  return withoutAlpha(filled);
}

/** What the mask leaves of `original`, laid upon `drawn`; where the mask is black nothing has changed. */
export function withOriginal(drawn: RgbImage, original: RgbImage, mask: GreyImage): RgbImage {
  return withoutAlpha(composite(withAlpha(drawn), withStraightAlpha(cutOut(original, mask))));
}

/** A picture as opaque as a mask of its size is white (A1111's "mask composite"). */
export function shownBy(image: RgbImage, mask: GreyImage): RgbaImage {
  return withStraightAlpha(cutOut(image, inverted(mask)));
}
