import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { SigmaSolver } from './sampler.ts';

/** Second-order multistep of the SDE. Lu et al.: "DPM-Solver++" (2022), SDE-DPM-Solver++(2M), with Brownian noise after k-diffusion. */
export const dpmpp2mSde: SigmaSolver = solver((gain) => 0.5 * gain);

/** The same with Heun's instead of the midpoint's correction. */
export const dpmpp2mSdeHeun: SigmaSolver = solver((gain, exponent) => 1 - gain / exponent);

/** @param correction the weight of the change of `denoised`, from 1 - exp(-h (1 + eta)) and h (1 + eta). */
function solver(correction: (gain: number, exponent: number) => number): SigmaSolver {
  return async (denoise, start, sigmas, context) => {
    const { eta, sNoise } = context;
    let x = start;
    let old: { readonly denoised: Tensor; readonly h: number } | undefined;
    for (let i = 0; i < sigmas.length - 1; i++) {
      const denoised = await denoise(x, sigmas[i]);
      if (sigmas[i + 1] === 0) {
        x = denoised;
      } else {
        const h = Math.log(sigmas[i] / sigmas[i + 1]);
        const gain = -Math.expm1(-h * (1 + eta));
        x = combine([Math.exp(-h * (1 + eta)), x], [gain, denoised]);
        if (old !== undefined) {
          const weight = (correction(gain, h * (1 + eta)) * h) / old.h;
          x = combine([1, x], [weight, denoised], [-weight, old.denoised]);
        }
        if (eta > 0) {
          const spread = sigmas[i + 1] * Math.sqrt(-Math.expm1(-2 * eta * h)) * sNoise;
          x = combine([1, x], [spread, context.noise(sigmas[i], sigmas[i + 1])]);
        }
        old = { denoised, h };
      }
      context.onStep({ index: i, level: sigmas[i], denoised });
    }
    return x;
  };
}
