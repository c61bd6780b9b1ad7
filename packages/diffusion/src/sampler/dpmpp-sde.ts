import type { Tensor } from '../tensor.ts';
import { ancestralStep } from './ancestral-step.ts';
import { combine } from './arithmetic.ts';
import { sigmaOf, timeOf } from './dpm-solver.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

const { expm1, fround } = Math;

/** Second-order singlestep of the SDE. Lu et al.: "DPM-Solver++" (2022), SDE-DPM-Solver++; k-diffusion's variant. */
export async function dpmppSde(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  const { eta, sNoise, noise } = context;
  let x = start;
  for (let i = 0; i < sigmas.length - 1; i++) {
    const denoised = await denoise(x, sigmas[i]);
    if (sigmas[i + 1] === 0) {
      x = denoised;
    } else {
      // The Brownian path is looked up at these times to 6 decimals, so they are rounded as the original rounds.
      const t = timeOf(sigmas[i]);
      const tNext = timeOf(sigmas[i + 1]);
      const s = fround(t + fround(fround(tNext - t) / 2));
      const [from, middle, to] = [sigmaOf(t), sigmaOf(s), sigmaOf(tNext)];

      const first = ancestralStep(from, middle, eta);
      const half = timeOf(first.sigmaDown);
      const x2 = combine(
        [sigmaOf(half) / from, x],
        [-expm1(t - half), denoised],
        [sNoise * first.sigmaUp, noise(from, middle)],
      );
      const denoised2 = await denoise(x2, middle);

      const second = ancestralStep(from, to, eta);
      const whole = timeOf(second.sigmaDown);
      x = combine(
        [sigmaOf(whole) / from, x],
        [-expm1(t - whole), denoised2],
        [sNoise * second.sigmaUp, noise(from, to)],
      );
    }
    context.onStep({ index: i, level: sigmas[i], denoised });
  }
  return x;
}
