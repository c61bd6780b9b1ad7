import type { Tensor } from '../tensor.ts';
import { ancestralStep } from './ancestral-step.ts';
import { combine } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Second-order singlestep with fresh noise after each step. Lu et al.: "DPM-Solver++" (2022), algorithm 1, made ancestral by k-diffusion. */
export async function dpmpp2sAncestral(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    const { sigmaDown, sigmaUp } = ancestralStep(sigmas[i], sigmas[i + 1], context.eta);
    if (sigmaDown === 0) {
      x = denoised;
    } else {
      const middle = Math.sqrt(sigmas[i] * sigmaDown);
      const half = middle / sigmas[i];
      const x2 = combine([half, x], [1 - half, denoised]);
      const whole = sigmaDown / sigmas[i];
      x = combine([whole, x], [1 - whole, await denoise(x2, middle)]);
    }
    if (sigmas[i + 1] > 0) {
      x = combine([1, x], [context.sNoise * sigmaUp, context.noise(sigmas[i], sigmas[i + 1])]);
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
