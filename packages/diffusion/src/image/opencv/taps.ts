import { channelsOf } from '../channels.ts';
import type { Bytes } from '../channels.ts';
import { scaleOf, toByte } from './area.ts';

/** What one target pixel is made from: the place of the first source, which may lie outside, and the weights. */
export type Taps = { readonly first: number; readonly weights: readonly number[] };

/** How a line of `length` pixels becomes one of `size`. */
export type TapsAt = (target: number, length: number, size: number) => Taps;

/** Keys' cubic with a = -3/4, as in OpenCV's INTER_CUBIC; shrinking does not widen it. */
export const cubicTaps: TapsAt = (target, length, size) => {
  const at = Math.fround((target + 0.5) * scaleOf(length, size) - 0.5);
  const from = Math.floor(at);
  const x = at - from;
  const a = -0.75;
  const outer = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  const inner = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const weights = [outer(x + 1), inner(x), inner(1 - x)];
  const rest = 1 - weights[0] - weights[1] - weights[2];
  return { first: from - 1, weights: [...weights, rest] };
};

/** OpenCV's INTER_AREA where a side grows: two neighbours, by how much of each the target covers. */
export const areaTaps: TapsAt = (target, length, size) => {
  const first = Math.floor(target * scaleOf(length, size));
  const beyond = target + 1 - (first + 1) * (size / length);
  const share = beyond <= 0 ? 0 : beyond - Math.floor(beyond);
  return { first, weights: [1 - share, share] };
};

/**
 * Bytes in another size; beyond the edges lie the outermost pixels. OpenCV 5 computes it in single precision, OpenCV 4
 * with weights of 11 bits, which differs by 1 here and there.
 */
export function resizeByTaps(image: Bytes, width: number, height: number, tapsAt: TapsAt): Bytes {
  const channels = channelsOf(image);
  const line = width * channels;
  const across = allTaps(tapsAt, image.width, width);
  const rows = new Float64Array(line * image.height);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const { sources, weights } = across[x];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k] * image.data[(y * image.width + sources[k]) * channels + c];
        }
        rows[y * line + x * channels + c] = sum;
      }
    }
  }
  const down = allTaps(tapsAt, image.height, height);
  const data = new Uint8Array(line * height);
  for (let y = 0; y < height; y++) {
    const { sources, weights } = down[y];
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * rows[sources[k] * line + i];
      data[y * line + i] = toByte(sum);
    }
  }
  return { width, height, data };
}

function allTaps(tapsAt: TapsAt, length: number, size: number) {
  return Array.from({ length: size }, (_, target) => {
    const { first, weights } = tapsAt(target, length, size);
    return {
      sources: weights.map((_, k) => Math.min(length - 1, Math.max(0, first + k))),
      weights,
    };
  });
}
