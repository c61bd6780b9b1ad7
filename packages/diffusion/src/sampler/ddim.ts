import type { Guided } from '../denoiser/guidance.ts';
import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { PredictNoise, TimestepContext } from './sampler.ts';

/** Implicit steps, deterministic at eta 0. Song et al.: "Denoising diffusion implicit models" (2020), equation 12. */
export function ddim(
  predict: PredictNoise,
  start: Tensor,
  timesteps: readonly number[],
  context: TimestepContext,
): Promise<Tensor> {
  return walk(predict, start, timesteps, context, ({ guided }) => guided);
}

/** DDIM that renoises with the negative prompt's noise. Chung et al.: "CFG++: manifold-constrained classifier free guidance" (2024). */
export function ddimCfgpp(
  predict: PredictNoise,
  start: Tensor,
  timesteps: readonly number[],
  context: TimestepContext,
): Promise<Tensor> {
  return walk(predict, start, timesteps, context, ({ negative }) => negative);
}

async function walk(
  predict: PredictNoise,
  start: Tensor,
  timesteps: readonly number[],
  { eta, alphasCumprod, noise, onStep }: TimestepContext,
  directionOf: (answer: Guided) => Tensor,
): Promise<Tensor> {
  let x = start;
  // The first timestep is only ever arrived at.
  for (let index = timesteps.length - 1; index > 0; index--) {
    const answer = await predict(x, timesteps[index]);
    const a = alphasCumprod[timesteps[index]];
    const aPrevious = alphasCumprod[timesteps[index - 1]];
    const sigma = eta * Math.sqrt(((1 - aPrevious) / (1 - a)) * (1 - a / aPrevious));
    const denoised = combine([1 / Math.sqrt(a), x], [-Math.sqrt((1 - a) / a), answer.guided]);
    x = combine(
      [Math.sqrt(aPrevious), denoised],
      [Math.sqrt(Math.max(1 - aPrevious - sigma ** 2, 0)), directionOf(answer)],
      [sigma, noise(timesteps[index], timesteps[index - 1])],
    );
    onStep({ index: timesteps.length - 1 - index, level: timesteps[index], denoised });
  }
  return x;
}
