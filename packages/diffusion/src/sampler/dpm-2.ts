import { combine, derivative } from './arithmetic.ts';
import { churn } from './churn.ts';
import type { SigmaSolver } from './sampler.ts';

/** Midpoint steps, the midpoint in log sigma. DPM-Solver-2 of Lu et al.: "DPM-Solver" (2022) within Karras et al.'s algorithm 2. */
export const dpm2: SigmaSolver = async (denoise, start, sigmas, context) => {
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
};
