import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import { churn } from './churn.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Midpoint steps, the midpoint in log sigma. DPM-Solver-2 of Lu et al.: "DPM-Solver" (2022) within Karras et al.'s algorithm 2. */
export async function dpm2(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const { x: xHat, sigmaHat } = churn(x, sigmas, i, context);
    const denoised = await denoise(xHat, sigmaHat);
    const d = derivative(xHat, sigmaHat, denoised);
    const dt = sigmas[i + 1] - sigmaHat;
    if (sigmas[i + 1] === 0) {
      x = combine([1, xHat], [dt, d]);
    } else {
      const middle = Math.sqrt(sigmaHat * sigmas[i + 1]);
      const x2 = combine([1, xHat], [middle - sigmaHat, d]);
      x = combine([1, xHat], [dt, derivative(x2, middle, await denoise(x2, middle))]);
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
