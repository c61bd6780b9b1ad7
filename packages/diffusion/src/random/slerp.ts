import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Spherical interpolation between two noises `[channels, h, w]`, as A1111 mixes a variation seed in: angles are
 * taken between columns (along h), and nearly equal noises are interpolated linearly.
 * The linear branch gives `low` the weight of `high`, as the original does.
 * @param amount 0 (all `low`) to 1 (all `high`).
 */
export function slerp(amount: number, low: Tensor, high: Tensor): Tensor {
  const [channels, height, width] = low.shape;
  const result = new Float32Array(low.data.length);
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let x = 0; x < width; x++) {
      const start = channel * height * width + x;
      const dot = cosine(low.data, high.data, start, width, height);
      total += dot;
      const [a, b] = weights(amount, dot);
      for (let y = 0, i = start; y < height; y++, i += width) result[i] = a * low.data[i] + b * high.data[i];
    }
  }
  if (total / low.data.length > 0.9995) {
    return tensor(
      low.shape,
      low.data.map((value, i) => value * amount + high.data[i] * (1 - amount)),
    );
  }
  return tensor(low.shape, result);
}

function weights(amount: number, dot: number): readonly [number, number] {
  const omega = Math.acos(Math.min(1, Math.max(-1, dot)));
  const sine = Math.sin(omega);
  // Parallel columns have no plane to turn in; this is the limit.
  if (sine < 1e-7) return [1 - amount, amount];
  return [Math.sin((1 - amount) * omega) / sine, Math.sin(amount * omega) / sine];
}

function cosine(a: Float32Array, b: Float32Array, start: number, stride: number, count: number): number {
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let k = 0, i = start; k < count; k++, i += stride) {
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}
