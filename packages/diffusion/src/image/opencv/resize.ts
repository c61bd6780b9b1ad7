import { channelsOf } from '../channels.ts';
import type { Bytes } from '../channels.ts';
import { scaleOf, shrinkByArea } from './area.ts';
import { areaTaps, cubicTaps, resizeByTaps } from './taps.ts';

export type Interpolation = 'nearest' | 'area' | 'cubic';

/**
 * Bytes in another size as OpenCV's `resize` gives them, to within 1. Equal sizes give the picture itself.
 * @param interpolation INTER_NEAREST, INTER_AREA or INTER_CUBIC.
 */
export function resizeLikeOpenCv(
  image: Bytes,
  width: number,
  height: number,
  interpolation: Interpolation,
): Bytes {
  if (width === image.width && height === image.height) return image;
  if (interpolation === 'nearest') return nearest(image, width, height);
  if (interpolation === 'cubic') return resizeByTaps(image, width, height, cubicTaps);
  const shrinks = width <= image.width && height <= image.height;
  return shrinks ? shrinkByArea(image, width, height) : resizeByTaps(image, width, height, areaTaps);
}

/** Each pixel the one at its upper left corner, not at its centre as in Pillow. */
function nearest(image: Bytes, width: number, height: number): Bytes {
  const channels = channelsOf(image);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = under(y, image.height, height) * image.width;
    for (let x = 0; x < width; x++) {
      const source = (row + under(x, image.width, width)) * channels;
      data.set(image.data.subarray(source, source + channels), (y * width + x) * channels);
    }
  }
  return { width, height, data };
}

function under(place: number, length: number, size: number): number {
  return Math.min(length - 1, Math.floor(place * scaleOf(length, size)));
}
