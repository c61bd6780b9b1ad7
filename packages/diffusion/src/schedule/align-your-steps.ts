import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** The published 10-step schedules: Stable Diffusion 1 (and 2), and XL. */
export const alignedSteps = {
  sd1: [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029],
  sdxl: [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.38, 0.234, 0.113, 0.029],
} as const;

/**
 * Levels optimised for a kind of model, interpolated in log sigma to any number of steps.
 * Sabour et al.: "Align your steps: optimizing sampling schedules in diffusion models" (2024).
 */
export function alignYourSteps({ steps, alignedSteps: published }: ScheduleInput): Float32Array {
  if (steps === published.length) return endWithZero(published);
  const logs = published.map(Math.log).reverse();
  const last = logs.length - 1;
  const sigmas = Array.from({ length: steps }, (_, i) => {
    const place = steps === 1 ? 0 : (i / (steps - 1)) * last;
    const low = Math.min(Math.floor(place), last - 1);
    return Math.exp(logs[low] + (place - low) * (logs[low + 1] - logs[low]));
  });
  return endWithZero(sigmas.reverse());
}
