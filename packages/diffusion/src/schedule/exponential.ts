import { exp32 } from './float32.ts';
import { linspace } from './linspace.ts';
import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/** Evenly spaced in log sigma. */
export function exponential({ steps, sigmaMin, sigmaMax }: ScheduleInput): Float32Array {
  return endWithZero(linspace(Math.log(sigmaMax), Math.log(sigmaMin), steps).map(exp32));
}

/** Spaced by a power `rho` in log sigma; `rho` 1 is the exponential schedule. */
export function polyexponential({ steps, sigmaMin, sigmaMax, rho }: ScheduleInput): Float32Array {
  const ramp = linspace(1, 0, steps).map((part) => part ** rho);
  const range = Math.fround(Math.log(sigmaMax) - Math.log(sigmaMin));
  const logs = ramp.map((part) => Math.fround(part * range) + Math.fround(Math.log(sigmaMin)));
  return endWithZero(logs.map(exp32));
}
