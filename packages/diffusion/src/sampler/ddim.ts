import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { TimestepContext, TimestepSolver } from './sampler.ts';

/** Implicit steps, deterministic at eta 0. Song et al.: "Denoising diffusion implicit models" (2020), equation 12. */
export const ddim: TimestepSolver = (predict, x, timesteps, context) =>
  walk(
    async (input, timestep) => {
      const { guided } = await predict(input, timestep);
      return { eps: guided, direction: guided };
    },
    x,
    timesteps,
    context,
  );

/** DDIM that renoises with the negative prompt's noise. Chung et al.: "CFG++: manifold-constrained classifier free guidance" (2024). */
export const ddimCfgpp: TimestepSolver = (predict, x, timesteps, context) =>
  walk(
    async (input, timestep) => {
      const { guided, negative } = await predict(input, timestep);
      return { eps: guided, direction: negative };
    },
    x,
    timesteps,
    context,
  );

type Directed = (
  x: Tensor,
  timestep: number,
) => Promise<{ readonly eps: Tensor; readonly direction: Tensor }>;

async function walk(
  predict: Directed,
  start: Tensor,
  timesteps: readonly number[],
  { eta, alphasCumprod, noise, onStep }: TimestepContext,
): Promise<Tensor> {
  let x = start;
  // The first timestep is only ever arrived at.
  for (let index = timesteps.length - 1; index > 0; index--) {
    const { eps, direction } = await predict(x, timesteps[index]);
    const a = alphasCumprod[timesteps[index]];
    const aPrevious = alphasCumprod[timesteps[index - 1]];
    const sigma = eta * Math.sqrt(((1 - aPrevious) / (1 - a)) * (1 - a / aPrevious));
    const denoised = combine([1 / Math.sqrt(a), x], [-Math.sqrt((1 - a) / a), eps]);
    x = combine(
      [Math.sqrt(aPrevious), denoised],
      [Math.sqrt(1 - aPrevious - sigma ** 2), direction],
      [sigma, noise(timesteps[index], timesteps[index - 1])],
    );
    onStep({ index: timesteps.length - 1 - index, level: timesteps[index], denoised });
  }
  return x;
}
