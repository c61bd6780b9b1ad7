import { exp32, log32 } from '../schedule/float32.ts';
import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise } from './sampler.ts';

/** Times run upwards as noise goes down: t = -log sigma, in float32 as the original's. */
export function timeOf(sigma: number): number {
  return -log32(sigma);
}

export function sigmaOf(t: number): number {
  return exp32(-t);
}

/** One step of an order, from `x` at `t` to `tNext`; `eps` is the noise at `t`. */
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
  return combine([1, x], [-sigmaOf(tNext) * Math.expm1(tNext - t), eps]);
}

/** The point a fraction `r` into the step and the noise there. */
export async function within(denoise: Denoise, step: Step, r: number): Promise<Tensor> {
  const s = Math.fround(step.t + r * (step.tNext - step.t));
  return noiseAt(denoise, firstOrder({ ...step, tNext: s }), s);
}

/** Algorithm 1, from the noise `epsR` a fraction `r` into the step. */
export function secondOrder({ x, t, tNext, eps }: Step, epsR: Tensor, r: number): Tensor {
  const move = sigmaOf(tNext) * Math.expm1(tNext - t);
  return combine([1, x], [move / (2 * r) - move, eps], [-move / (2 * r), epsR]);
}

/** Algorithm 2, from the noise a third into the step. */
export async function thirdOrder(denoise: Denoise, step: Step, epsThird: Tensor): Promise<Tensor> {
  const { x, t, tNext, eps } = step;
  const h = tNext - t;
  const s = Math.fround(t + (2 / 3) * h);
  const part = (2 / 3) * h;
  const bend = sigmaOf(s) * 2 * (Math.expm1(part) / part - 1);
  const u = combine([1, x], [bend - sigmaOf(s) * Math.expm1(part), eps], [-bend, epsThird]);
  const epsTwoThirds = await noiseAt(denoise, u, s);
  const weight = sigmaOf(tNext) * 1.5 * (Math.expm1(h) / h - 1);
  return combine([1, x], [weight - sigmaOf(tNext) * Math.expm1(h), eps], [-weight, epsTwoThirds]);
}
