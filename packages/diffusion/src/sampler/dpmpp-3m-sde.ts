import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

type Past = { readonly denoised: Tensor; readonly h: number };

/** Third-order multistep of the SDE: k-diffusion's extension of Lu et al.: "DPM-Solver++" (2022). */
export async function dpmpp3mSde(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  const { eta, sNoise } = context;
  let x = start;
  let [last, older]: readonly (Past | undefined)[] = [];
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    if (sigmas[i + 1] === 0) {
      x = denoised;
    } else {
      const h = Math.log(sigmas[i] / sigmas[i + 1]);
      const hEta = h * (eta + 1);
      const phi2 = Math.expm1(-hEta) / hEta + 1;
      x = combine([Math.exp(-hEta), x], [-Math.expm1(-hEta), denoised]);
      if (last && older) {
        const r0 = last.h / h;
        const r1 = older.h / h;
        const phi3 = phi2 / hEta - 0.5;
        const slope = combine([1 / r0, denoised], [-1 / r0, last.denoised]);
        const olderSlope = combine([1 / r1, last.denoised], [-1 / r1, older.denoised]);
        const bend = (phi2 * r0 - phi3) / (r0 + r1);
        x = combine([1, x], [phi2 + bend, slope], [-bend, olderSlope]);
      } else if (last) {
        const weight = (phi2 * h) / last.h;
        x = combine([1, x], [weight, denoised], [-weight, last.denoised]);
      }
      if (eta > 0) {
        const spread = sigmas[i + 1] * Math.sqrt(-Math.expm1(-2 * h * eta)) * sNoise;
        x = combine([1, x], [spread, context.noise(sigmas[i], sigmas[i + 1])]);
      }
      [last, older] = [{ denoised, h }, last];
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
