import { exp32, log32 } from '../schedule/float32.ts';
import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise } from './sampler.ts';

const { fround } = Math;

/** Times run upwards as noise goes down: t = -log sigma, in float32 as the original's. */
export function timeOf(sigma: number): number {
  return -log32(sigma);
}

export function sigmaOf(t: number): number {
  return exp32(-t);
}

/** A step from `x` at `t` to `tNext`; `eps` is the noise at `t`. */
export type Step = {
  readonly x: Tensor;
  readonly t: number;
  readonly tNext: number;
  readonly eps: Tensor;
};

/** The noise in `x` at a time. */
export async function noiseAt(denoise: Denoise, x: Tensor, t: number): Promise<Tensor> {
  return derivative(x, sigmaOf(t), await denoise(x, sigmaOf(t)));
}

/** Lu et al.: "DPM-Solver: a fast ODE solver for diffusion probabilistic model sampling" (2022), equation 3.7. */
export function firstOrder({ x, t, tNext, eps }: Step): Tensor {
  return advance(x, tNext, tNext - t, eps);
}

/** The noise a fraction `r` into the step. */
export async function within(denoise: Denoise, { x, t, tNext, eps }: Step, r: number): Promise<Tensor> {
  const part = r * (tNext - t);
  const s = fround(t + part);
  return noiseAt(denoise, advance(x, s, part, eps), s);
}

/** Algorithm 1, from the noise `epsR` a fraction `r` into the step. */
export function secondOrder({ x, t, tNext, eps }: Step, epsR: Tensor, r: number): Tensor {
  const h = tNext - t;
  const weight = (sigmaOf(tNext) * Math.expm1(h)) / (2 * r);
  return combine([1, advance(x, tNext, h, eps)], [weight, eps], [-weight, epsR]);
}

/** Algorithm 2, from the noise a third into the step. */
export async function thirdOrder(denoise: Denoise, step: Step, epsThird: Tensor): Promise<Tensor> {
  const { x, t, tNext, eps } = step;
  const h = tNext - t;
  const part = (2 / 3) * h;
  const s = fround(t + part);
  const bend = sigmaOf(s) * 2 * (Math.expm1(part) / part - 1);
  const u = combine([1, advance(x, s, part, eps)], [bend, eps], [-bend, epsThird]);
  const epsTwoThirds = await noiseAt(denoise, u, s);
  const weight = sigmaOf(tNext) * 1.5 * (Math.expm1(h) / h - 1);
  return combine([1, advance(x, tNext, h, eps)], [weight, eps], [-weight, epsTwoThirds]);
}

/** A time `h` on to `t`, along the noise. */
function advance(x: Tensor, t: number, h: number, eps: Tensor): Tensor {
  return combine([1, x], [-sigmaOf(t) * Math.expm1(h), eps]);
}
