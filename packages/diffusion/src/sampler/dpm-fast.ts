import { linspace } from '../schedule/linspace.ts';
import { combine } from './arithmetic.ts';
import { ancestralTime } from './dpm-ancestral.ts';
import { firstOrder, noiseAt, secondOrder, sigmaOf, thirdOrder, timeOf, within } from './dpm-solver.ts';
import type { Step } from './dpm-solver.ts';
import type { Denoise, SigmaContext } from './sampler.ts';
import type { Tensor } from '../tensor.ts';

/** DPM-Solver-fast: third-order steps, the last ones lower, evenly spaced in log sigma. Lu et al.: "DPM-Solver" (2022), section 3.4. */
export async function dpmFast(
  denoise: Denoise,
  start: Tensor,
  _sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  const { sigmaMin, sigmaMax, evaluations } = context.span;
  const orders = dpmFastOrders(evaluations);
  const times = linspace(timeOf(sigmaMax), timeOf(sigmaMin), orders.length + 1);
  let x = start;
  for (const [index, order] of orders.entries()) {
    const [t, tNext] = [times[index], times[index + 1]];
    const { target, sigmaUp } = ancestralTime(t, tNext, times[orders.length], context.eta);
    const eps = await noiseAt(denoise, x, t);
    const denoised = combine([1, x], [-sigmaOf(t), eps]);
    x = await stepOfOrder(denoise, { x, t, tNext: target, eps }, order);
    x = combine([1, x], [sigmaUp * context.sNoise, context.noise(sigmaOf(t), sigmaOf(tNext))]);
    context.onStep({ index, level: sigmaOf(t), denoised });
  }
  return x;
}

/** Orders of the steps that together make this many evaluations. */
export function dpmFastOrders(evaluations: number): readonly number[] {
  const rest = evaluations % 3;
  const whole = Math.floor(evaluations / 3);
  return rest === 0
    ? [...Array<number>(Math.max(whole - 1, 0)).fill(3), 2, 1]
    : [...Array<number>(whole).fill(3), rest];
}

async function stepOfOrder(denoise: Denoise, step: Step, order: number): Promise<Tensor> {
  if (order === 1) return firstOrder(step);
  if (order === 2) return secondOrder(step, await within(denoise, step, 1 / 2), 1 / 2);
  return thirdOrder(denoise, step, await within(denoise, step, 1 / 3));
}
