import type { Tensor } from '../tensor.ts';
import { ancestralStep } from './ancestral-step.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Midpoint steps with fresh noise after each. DPM-Solver-2 of Lu et al.: "DPM-Solver" (2022), made ancestral by k-diffusion. */
export async function dpm2Ancestral(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    const { sigmaDown, sigmaUp } = ancestralStep(sigmas[i], sigmas[i + 1], context.eta);
    const d = derivative(x, sigmas[i], denoised);
    const dt = sigmaDown - sigmas[i];
    if (sigmaDown === 0) {
      x = combine([1, x], [dt, d]);
    } else {
      const middle = Math.sqrt(sigmas[i] * sigmaDown);
      const x2 = combine([1, x], [middle - sigmas[i], d]);
      const d2 = derivative(x2, middle, await denoise(x2, middle));
      const noise = context.noise(sigmas[i], sigmas[i + 1]);
      x = combine([1, x], [dt, d2], [context.sNoise * sigmaUp, noise]);
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
