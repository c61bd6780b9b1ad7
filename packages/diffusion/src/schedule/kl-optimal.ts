import { tan32 } from './float32.ts';
import type { ScheduleInput } from './schedule.ts';

/**
 * Evenly spaced in arctan sigma; ends at the smallest sigma, not at 0.
 * Sabour et al.: "Align your steps" (2024), equation 15.
 */
export function klOptimal({ steps, sigmaMin, sigmaMax }: ScheduleInput): Float32Array {
  const low = Math.fround(Math.atan(Math.fround(sigmaMin)));
  const high = Math.fround(Math.atan(Math.fround(sigmaMax)));
  return Float32Array.from({ length: steps + 1 }, (_, i) => {
    const part = Math.fround(i / steps);
    const angle = Math.fround(part * low) + Math.fround(Math.fround(1 - part) * high);
    return tan32(Math.fround(angle));
  });
}
