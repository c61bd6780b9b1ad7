import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

/** Second-order multistep. Lu et al.: "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models" (2022), algorithm 2. */
export async function dpmpp2m(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  const t = (i: number): number => -Math.log(sigmas[i]);
  let x = start;
  let old: Tensor | undefined;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    const h = t(i + 1) - t(i);
    const keep = sigmas[i + 1] / sigmas[i];
    const gain = -Math.expm1(-h);
    if (old === undefined || sigmas[i + 1] === 0) {
      x = combine([keep, x], [gain, denoised]);
    } else {
      const r = (t(i) - t(i - 1)) / h;
      x = combine([keep, x], [gain * (1 + 1 / (2 * r)), denoised], [-gain / (2 * r), old]);
    }
    old = denoised;
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
