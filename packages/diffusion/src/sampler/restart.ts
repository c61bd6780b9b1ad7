import type { Tensor } from '../tensor.ts';
import { karras } from '../schedule/karras.ts';
import { combine, derivative } from './arithmetic.ts';
import type { Denoise, SigmaContext } from './sampler.ts';

const rho = 7;

/** Heun steps that go back up and down again near the end. Xu et al.: "Restart sampling for improving generative processes" (2023), algorithm 1. */
export async function restart(
  denoise: Denoise,
  start: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
): Promise<Tensor> {
  let x = start;
  // The Karras levels may begin a bit above the ones given, which is not a way back up.
  let level = Infinity;
  for (const [index, [from, to]] of restartSteps(sigmas).entries()) {
    if (level < from) {
      x = combine([1, x], [Math.sqrt(from ** 2 - level ** 2), context.noise(level, from)]);
    }
    const denoised = await denoise(x, from);
    const d = derivative(x, from, denoised);
    const euler = combine([1, x], [to - from, d]);
    if (to === 0) {
      x = euler;
    } else {
      const d2 = derivative(euler, to, await denoise(euler, to));
      x = combine([1, x], [(to - from) / 2, d], [(to - from) / 2, d2]);
    }
    level = to;
    context.onStep({ index, level: from, denoised });
  }
  return x;
}

/**
 * The steps from sigma to sigma. From 20 steps on a part of them is spent on walking from sigma 2 to 0.1 again,
 * from 36 on twice.
 */
export function restartSteps(given: Float32Array): readonly (readonly [from: number, to: number])[] {
  const steps = given.length - 1;
  const restarts = steps >= 36 ? 2 : steps >= 20 ? 1 : 0;
  if (restarts === 0) return pairs(given);
  const length = steps >= 36 ? Math.floor(steps / 4) : 9;
  const sigmas = karras({
    steps: steps - length * restarts,
    sigmaMin: given[steps - 1],
    sigmaMax: given[0],
    rho,
  });
  const low = nearest(sigmas, 0.1);
  const high = nearest(sigmas, 2);
  if (low === 0 || high >= low) return pairs(sigmas);
  const again = karras({ steps: length + 1, sigmaMin: sigmas[low], sigmaMax: sigmas[high], rho });
  const loop = pairs(again.subarray(0, -1));
  const all = pairs(sigmas);
  return [...all.slice(0, low), ...Array.from({ length: restarts }, () => loop).flat(), ...all.slice(low)];
}

function pairs(sigmas: Float32Array): readonly (readonly [number, number])[] {
  return Array.from(sigmas.subarray(1), (to, i) => [sigmas[i], to] as const);
}

function nearest(sigmas: Float32Array, target: number): number {
  let best = 0;
  for (let i = 1; i < sigmas.length; i++) {
    if (Math.abs(sigmas[i] - target) < Math.abs(sigmas[best] - target)) best = i;
  }
  return best;
}
