import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Jumps to the clean picture and renoises. Luo et al.: "Latent consistency models" (2023), algorithm 3. */
export async function lcm(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    x =
      sigmas[i + 1] > 0
        ? combine([1, denoised], [sigmas[i + 1], context.noise(sigmas[i], sigmas[i + 1])])
        : denoised;
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
