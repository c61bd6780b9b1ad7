import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { columnSum } from './float32-sum.ts';

const { fround } = Math;

/**
 * Spherical interpolation between two noises `[channels, h, w]`, as A1111 mixes a variation seed in: angles are
 * taken between columns (along h), and nearly equal noises are interpolated linearly.
 * The linear branch gives `low` the weight of `high`, as the original does. Rounded to float32 where PyTorch does,
 * since the angles of short columns show it.
 * @param amount 0 (all `low`) to 1 (all `high`).
 */
export function slerp(amount: number, low: Tensor, high: Tensor): Tensor {
  const [channels, height, width] = low.shape;
  const [share, rest] = [fround(amount), fround(1 - amount)];
  const result = new Float32Array(low.data.length);
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let x = 0; x < width; x++) {
      const start = channel * height * width + x;
      const dot = cosine(low.data, high.data, start, width, height);
      total += dot;
      const [a, b] = weights(share, rest, dot);
      for (let y = 0, i = start; y < height; y++, i += width) {
        result[i] = fround(a * low.data[i]) + fround(b * high.data[i]);
      }
    }
  }
  if (total / (channels * width) > 0.9995) {
    return tensor(
      low.shape,
      low.data.map((value, i) => fround(value * share) + fround(high.data[i] * rest)),
    );
  }
  return tensor(low.shape, result);
}

function weights(share: number, rest: number, dot: number): readonly [number, number] {
  const omega = fround(Math.acos(Math.min(1, Math.max(-1, dot))));
  const sine = fround(Math.sin(omega));
  // Parallel columns have no plane to turn in; this is the limit, where the original has NaN.
  if (sine === 0) return [rest, share];
  const part = (of: number): number => fround(fround(Math.sin(fround(of * omega))) / sine);
  return [part(rest), part(share)];
}

/** Of the angle between two columns: the sum of the products of both, each divided by its length. */
function cosine(a: Float32Array, b: Float32Array, start: number, stride: number, count: number): number {
  const [lengthA, lengthB] = [lengthOf(a, start, stride, count), lengthOf(b, start, stride, count)];
  const products = Float32Array.from({ length: count }, (_, k) => {
    const i = start + k * stride;
    return fround(a[i] / lengthA) * fround(b[i] / lengthB);
  });
  return columnSum(products, start % stride, stride);
}

/** Squares are added with one rounding each, as fused multiply-adds do. */
function lengthOf(values: Float32Array, start: number, stride: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum = fround(values[start + k * stride] ** 2 + sum);
  return fround(Math.sqrt(sum));
}
