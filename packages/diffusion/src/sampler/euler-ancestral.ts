import type { Tensor } from '../tensor.ts';
import { ancestralStep } from './ancestral-step.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Euler steps with fresh noise after each. Song et al.: "Score-based generative modeling through stochastic differential equations" (2021). */
export async function eulerAncestral(
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
    x = combine([1, x], [sigmaDown - sigmas[i], d]);
    if (sigmas[i + 1] > 0) {
      x = combine([1, x], [context.sNoise * sigmaUp, context.noise(sigmas[i], sigmas[i + 1])]);
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
