import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import { ancestralTime } from './dpm-ancestral.ts';
import { noiseAt, secondOrder, sigmaOf, thirdOrder, timeOf, within } from './dpm-solver.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

const absoluteTolerance = 0.0078;
const relativeTolerance = 0.05;
const firstStep = 0.05;
const acceptSafety = 0.81;

/**
 * DPM-Solver-23: third-order steps whose length follows the distance to second order; steps asked for do not matter.
 * Lu et al.: "DPM-Solver" (2022), appendix C. The error is measured over the whole batch.
 */
export async function dpmAdaptive(
  denoise: Denoise,
  start: Tensor,
  _sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  const { span, eta, noise } = context;
  const end = timeOf(span.sigmaMin);
  // The exponent for a solver of this order, lower where noise is added.
  const sensitivity = 1 / (eta === 0 ? 3 : 1.5);
  let x = start;
  let previous = start;
  let s = timeOf(span.sigmaMax);
  let h = firstStep;
  for (let index = 0; s < end - 1e-5; index++) {
    const t = Math.min(end, Math.fround(s + h));
    const { target, sigmaUp } = ancestralTime(s, t, end, eta);
    const eps = await noiseAt(denoise, x, s);
    const denoised = combine([1, x], [-sigmaOf(s), eps]);
    const step = { x, t: s, tNext: target, eps };
    const epsThird = await within(denoise, step, 1 / 3);
    const low = secondOrder(step, epsThird, 1 / 3);
    const high = await thirdOrder(denoise, step, epsThird);
    const factor = 1 + Math.atan((1 / (errorOf(low, high, previous) + 1e-8)) ** sensitivity - 1);
    if (factor >= acceptSafety) {
      previous = low;
      x = combine([1, high], [sigmaUp * context.sNoise, noise(sigmaOf(s), sigmaOf(t))]);
      s = t;
    }
    h *= factor;
    context.onStep({ index, level: sigmaOf(s), denoised });
  }
  return x;
}

/** Root mean square of the difference of two solutions, in tolerances. */
function errorOf(low: Tensor, high: Tensor, previous: Tensor): number {
  const squares = low.data.reduce((sum, value, i) => {
    const size = Math.max(Math.abs(value), Math.abs(previous.data[i]));
    return sum + ((value - high.data[i]) / Math.max(absoluteTolerance, relativeTolerance * size)) ** 2;
  }, 0);
  return Math.sqrt(squares / low.data.length);
}
