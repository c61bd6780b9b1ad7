import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** Every n-th of the model's own levels from the noisiest down, ComfyUI's "simple". */
export function simple({ steps, levels: { sigmas } }: ScheduleInput): Float32Array {
  const stride = sigmas.length / steps;
  return endWithZero(
    Array.from({ length: steps }, (_, i) => sigmas[sigmas.length - 1 - Math.trunc(i * stride)]),
  );
}
