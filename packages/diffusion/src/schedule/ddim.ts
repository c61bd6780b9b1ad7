import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/**
 * Every n-th of the model's own levels from the second cleanest up, as DDIM picks its timesteps;
 * yields a step too many where the steps do not divide the levels.
 */
export function ddim({ steps, levels: { sigmas } }: ScheduleInput): Float32Array {
  const stride = Math.max(Math.floor(sigmas.length / steps), 1);
  const chosen = sigmas.filter((_, t) => t >= 1 && (t - 1) % stride === 0);
  return endWithZero(chosen.reverse());
}
