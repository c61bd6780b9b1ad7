import type { Guided } from '../denoiser/guidance.ts';
import type { Tensor } from '../tensor.ts';
import type { SamplerOptions } from './options.ts';

/** The clean picture that the model sees in `x` at the noise level `sigma`, guidance applied. */
export type Denoise = (x: Tensor, sigma: number) => Promise<Tensor>;

/** The noise that the model sees in `x` at a timestep: guided, and the negative prompt's alone. */
export type PredictNoise = (x: Tensor, timestep: number) => Promise<Guided>;

/** Noise of unit variance for the step from one sigma to the next. */
export type StepNoise = (sigma: number, sigmaNext: number) => Tensor;

/** What a solver tells after each of its steps. */
export type SolverStep = {
  /** 0-based. */
  readonly index: number;
  /** The sigma or timestep that the step left. */
  readonly level: number;
  /** The clean picture as guessed now, for previews. */
  readonly denoised: Tensor;
};

export type SolverContext = {
  readonly noise: StepNoise;
  readonly onStep: (step: SolverStep) => void;
};

/** How much noise a solver adds on its way. */
export type NoiseOptions = {
  /** Share of the noise that is taken out and put back; 0 makes ancestral and SDE samplers deterministic. */
  readonly eta: number;
  readonly sChurn: number;
  readonly sTmin: number;
  /** Infinity: no limit. */
  readonly sTmax: number;
  readonly sNoise: number;
};

export type SigmaContext = SolverContext &
  NoiseOptions & {
    /** For solvers that choose their own levels: from where to where, in about how many evaluations. */
    readonly span: { readonly sigmaMin: number; readonly sigmaMax: number; readonly evaluations: number };
  };

/** Walks `x` from the first of `sigmas` to the last. Pure: the same inputs and noise give the same latents. */
export type SigmaSolver = (
  denoise: Denoise,
  x: Tensor,
  sigmas: Float32Array,
  context: SigmaContext,
) => Promise<Tensor>;

export type TimestepContext = SolverContext & {
  readonly eta: number;
  /** Cumulative alphas by timestep. */
  readonly alphasCumprod: Float32Array;
  readonly options: SamplerOptions;
  /** Whether `x` is a picture with noise rather than noise alone. */
  readonly fromPicture: boolean;
};

/** Walks `x` from the last of the ascending `timesteps` to the first. */
export type TimestepSolver = (
  predict: PredictNoise,
  x: Tensor,
  timesteps: readonly number[],
  context: TimestepContext,
) => Promise<Tensor>;
