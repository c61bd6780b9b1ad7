import type { Tensor } from '../tensor.ts';
import { combine, derivative } from './arithmetic.ts';
import { churn } from './churn.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Heun's second-order steps. Karras et al.: "Elucidating the design space of diffusion-based generative models" (2022), algorithm 2. */
export async function heun(
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
    x = combine([1, xHat], [dt, d]);
    if (sigmas[i + 1] > 0) {
      const d2 = derivative(x, sigmas[i + 1], await denoise(x, sigmas[i + 1]));
      x = combine([1, xHat], [dt / 2, d], [dt / 2, d2]);
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
