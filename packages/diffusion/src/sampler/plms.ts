import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { PredictNoise, TimestepContext } from './sampler.ts';

/** Adams-Bashforth weights, newest first. */
const weights = [
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const;

/** Linear multistep on DDIM's transfer. Liu et al.: "Pseudo numerical methods for diffusion models on manifolds" (2022), algorithm 2. */
export async function plms(
  predict: PredictNoise,
  start: Tensor,
  timesteps: readonly number[],
  { alphasCumprod, onStep }: TimestepContext,
): Promise<Tensor> {
  let x = start;
  let past: readonly Tensor[] = [];
  for (let index = timesteps.length - 1; index > 0; index--) {
    const a = alphasCumprod[timesteps[index]];
    const aPrevious = alphasCumprod[timesteps[index - 1]];
    const from = x;
    const denoise = (eps: Tensor): Tensor =>
      combine([1 / Math.sqrt(a), from], [-Math.sqrt((1 - a) / a), eps]);
    const transfer = (eps: Tensor): Tensor =>
      combine([Math.sqrt(aPrevious), denoise(eps)], [Math.sqrt(1 - aPrevious), eps]);

    const { guided: eps } = await predict(x, timesteps[index]);
    const known = [eps, ...past].slice(0, 4);
    let slope: Tensor;
    if (known.length === 1) {
      const { guided: next } = await predict(transfer(eps), timesteps[index - 1]);
      slope = combine([0.5, eps], [0.5, next]);
    } else {
      slope = combine(...known.map((values, i) => [weights[known.length - 2][i], values] as const));
    }
    x = transfer(slope);
    past = known.slice(0, 3);
    onStep({ index: timesteps.length - 1 - index, level: timesteps[index], denoised: denoise(slope) });
  }
  return x;
}
