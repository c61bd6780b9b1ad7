import { betaQuantile } from './beta-quantile.ts';
import { endWithZero } from './schedule.ts';
import type { ScheduleInput } from './schedule.ts';

/**
 * Dense at both ends: quantiles of a beta distribution between the smallest and the largest sigma.
 * Lee et al.: "Beta sampling is all you need" (2024).
 */
export function beta(input: ScheduleInput): Float32Array {
  const { steps, sigmaMin, sigmaMax, betaAlpha, betaBeta } = input;
  const sigmas = Array.from({ length: steps }, (_, i) => {
    const probability = steps === 1 ? 1 : 1 - i / (steps - 1);
    return sigmaMin + betaQuantile(probability, betaAlpha, betaBeta) * (sigmaMax - sigmaMin);
  });
  return endWithZero(sigmas);
}
