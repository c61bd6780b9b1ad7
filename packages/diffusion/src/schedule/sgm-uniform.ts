import { linspace } from './linspace.ts';
import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** Evenly spaced timesteps that leave out the cleanest one, as Stability's generative-models does. */
export function sgmUniform({ steps, levels, sigmaMin, sigmaMax }: ScheduleInput): Float32Array {
  const timesteps = linspace(levels.sigmaToT(sigmaMax), levels.sigmaToT(sigmaMin), steps + 1);
  return endWithZero(timesteps.subarray(0, steps).map(levels.tToSigma));
}
