import { linspace } from './linspace.ts';
import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** Evenly spaced timesteps from the model's last to its first, k-diffusion's own schedule. */
export function uniform(input: ScheduleInput): Float32Array {
  const { sigmaMin, sigmaMax } = input.levels;
  return normal({ ...input, sigmaMin, sigmaMax });
}

/** Evenly spaced timesteps between the smallest and the largest sigma asked for, ComfyUI's "normal". */
export function normal({ steps, levels, sigmaMin, sigmaMax }: ScheduleInput): Float32Array {
  const timesteps = linspace(levels.sigmaToT(sigmaMax), levels.sigmaToT(sigmaMin), steps);
  return endWithZero(timesteps.map(levels.tToSigma));
}
