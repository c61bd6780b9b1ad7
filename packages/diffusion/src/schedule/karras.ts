import { linspace } from './linspace.ts';
import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** Evenly spaced in sigma^(1 / rho). Karras et al.: "Elucidating the design space of diffusion-based generative models" (2022), equation 5. */
export function karras(input: Pick<ScheduleInput, 'steps' | 'sigmaMin' | 'sigmaMax' | 'rho'>): Float32Array {
  const { steps, sigmaMin, sigmaMax, rho } = input;
  const high = sigmaMax ** (1 / rho);
  const low = sigmaMin ** (1 / rho);
  const slope = Math.fround(low - high);
  const roots = linspace(0, 1, steps).map((ramp) => Math.fround(ramp * slope) + Math.fround(high));
  return endWithZero(roots.map((root) => root ** rho));
}
