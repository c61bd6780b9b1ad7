import type { RgbImage } from '../api.ts';
import { lanczos, windowOf } from './filters.ts';

const channels = 3;

/**
 * A picture in another size, by Lanczos' windowed sinc of three lobes; making it smaller widens the window, so that
 * nothing is skipped. Equal sizes give the picture itself.
 */
export function resizeImage(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const across = resample(new Float32Array(image.data), image.height, image.width, width, channels);
  const down = resample(across, 1, image.height, height, width * channels);
  return { width, height, data: new Uint8Array(new Uint8ClampedArray(down).buffer) };
}

/** Resamples the middle axis of `[outer, from, inner]` values to `to`. */
function resample(
  values: Float32Array,
  outer: number,
  from: number,
  to: number,
  inner: number,
): Float32Array {
  const result = new Float32Array(outer * to * inner);
  for (let target = 0; target < to; target++) {
    const { first, weights } = windowOf(lanczos, target, from, to);
    for (let line = 0; line < outer; line++) {
      const out = (line * to + target) * inner;
      for (let k = 0; k < weights.length; k++) {
        const source = (line * from + first + k) * inner;
        const weight = weights[k];
        for (let i = 0; i < inner; i++) result[out + i] += weight * values[source + i];
      }
    }
  }
  return result;
}
