/** The remaining time between two reports: it counts down by the clock, and never pretends to know more. */
import type { Progress } from '@bottega/contract';

/**
 * Seconds left, or `undefined` while nothing can be said: before the first step has been timed, or when a
 * step takes so much longer than foreseen that the last estimate is used up.
 * @param receivedAt When `progress` arrived, and `now`, both in milliseconds of the same clock.
 */
export function secondsLeft(
  progress: Progress | undefined,
  receivedAt: number,
  now: number,
): number | undefined {
  if (progress === undefined || progress.step === 0 || !(progress.secondsRemaining > 0)) return undefined;
  const left = progress.secondsRemaining - Math.max(0, now - receivedAt) / 1000;
  return left > 0 ? left : undefined;
}
