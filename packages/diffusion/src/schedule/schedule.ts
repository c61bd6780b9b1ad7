import type { NoiseLevels } from './noise-levels.ts';

/** What a schedule may depend on. */
export type ScheduleInput = {
  /** Denoising steps wanted. */
  readonly steps: number;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** Curvature, for the schedules that have one. */
  readonly rho: number;
  /** The model's own levels. */
  readonly levels: NoiseLevels;
  /** Shape of the beta distribution. */
  readonly betaAlpha: number;
  readonly betaBeta: number;
  /** Ten optimised steps from high to low, as Align Your Steps gives them for the model's kind. */
  readonly alignedSteps: readonly number[];
};

/** Noise levels from high to low; all but KL Optimal end with an additional 0. */
export type Schedule = (input: ScheduleInput) => Float32Array;

/** A float32 copy with a final 0. */
export function endWithZero(sigmas: ArrayLike<number>): Float32Array {
  const ended = new Float32Array(sigmas.length + 1);
  ended.set(sigmas);
  return ended;
}
