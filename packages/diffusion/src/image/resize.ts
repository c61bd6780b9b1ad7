import type { RgbImage } from '../api.ts';

const channels = 3;
const lobes = 3;

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
    const { first, weights } = window(target, from, to);
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

/** The sources of one target element and what each counts; pixel centres lie at halves. */
function window(target: number, from: number, to: number): { first: number; weights: number[] } {
  const scale = Math.max(1, from / to);
  const centre = ((target + 0.5) * from) / to;
  const first = Math.max(0, Math.ceil(centre - lobes * scale - 0.5));
  const last = Math.min(from - 1, Math.floor(centre + lobes * scale - 0.5));
  const raw = Array.from({ length: last - first + 1 }, (_, k) => lanczos((first + k + 0.5 - centre) / scale));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return { first, weights: raw.map((weight) => weight / sum) };
}

function lanczos(x: number): number {
  return Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
