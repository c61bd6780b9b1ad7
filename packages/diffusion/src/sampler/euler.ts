import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import { churn } from './churn.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Euler steps. Karras et al.: "Elucidating the design space of diffusion-based generative models" (2022), algorithm 2 without its correction. */
export async function euler(
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
    x = combine([1, xHat], [sigmas[i + 1] - sigmaHat, d]);
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
