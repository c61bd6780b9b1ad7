import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** A number and what it multiplies. */
export type Term = readonly [factor: number, values: Tensor];

/** The sum of tensors of one shape, each times a number: `combine([a, x], [b, y])` is a x + b y. */
export function combine(...terms: readonly Term[]): Tensor {
  const [[first, { shape, data }], ...rest] = terms;
  const sum = data.map((value) => first * value);
  for (const [factor, { data: values }] of rest) {
    for (let i = 0; i < sum.length; i++) sum[i] += factor * values[i];
  }
  return tensor(shape, sum);
}

/** The slope dx / dsigma of the probability flow, from a denoised estimate (Karras et al. 2022, equation 3). */
export function derivative(x: Tensor, sigma: number, denoised: Tensor): Tensor {
  const slope = new Float32Array(x.data.length);
  for (let i = 0; i < slope.length; i++) slope[i] = (x.data[i] - denoised.data[i]) / sigma;
  return tensor(x.shape, slope);
}
