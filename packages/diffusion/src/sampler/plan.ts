import type { Precondition, Prediction } from '../denoiser/preconditioning.ts';
import { imageSteps } from '../schedule/image-steps.ts';
import type { ImageSteps } from '../schedule/image-steps.ts';
import type { Extras } from '../schedule/sigmas.ts';
import type { Scheduler } from '../schedule/registry.ts';
import type { Tensor } from '../tensor.ts';
import type { SamplerOptions } from './options.ts';
import type { PredictNoise, SolverStep, StepNoise } from './sampler.ts';

/** What sampling must know of a model. */
export type ModelNoise = {
  /** By timestep; `scaledLinearAlphas()` for Stable Diffusion. */
  readonly alphasCumprod: Float32Array;
  readonly prediction: Prediction;
  /** Which published Align Your Steps schedule suits the model. */
  readonly alignedFor: 'sd1' | 'sdxl';
};

/** Image to image: sampling starts from a picture with some noise. */
export type PictureStart = {
  /** 0 to 1: how far from the picture the result may go. */
  readonly strength: number;
  /** The hires pass runs exactly this many steps. */
  readonly exactSteps?: number;
  /** The hires pass names its schedule only where it differs from the first pass. */
  readonly hires?: { readonly firstScheduleType?: string };
};

export type PlanInput = {
  readonly scheduler: Scheduler;
  readonly steps: number;
  readonly options: SamplerOptions;
  readonly model: ModelNoise;
  readonly picture?: PictureStart;
};

export type Noise = {
  /** Independent noise for each step, `[batch, channels, h, w]`. */
  readonly next: () => Tensor;
  /** The increments of a Brownian path, for SDE samplers. */
  readonly brownian: (sigmaMin: number, sigmaMax: number) => StepNoise;
};

/** Everything about a run that can be known before the network is asked. */
export type Plan = {
  /** Steps that will be reported; unknown where the solver decides on its way. */
  readonly steps?: number;
  /** Guided evaluations of the network; unknown likewise. */
  readonly calls?: number;
  /** Evaluations by A1111's count, which prompt schedules and `skipEarlyCond` go by. */
  readonly plannedCalls: number;
  readonly extras: Extras;
  readonly precondition: Precondition;
  /** The model's whole timestep that is nearest to a level, by which A1111 hands over to a refiner. */
  readonly timestepOf: (level: number) => number;
  readonly maskWhen: 'before' | 'after';
  /** What the guidance scale is multiplied with. */
  readonly scaleFactor: number;
  readonly needsNegative: boolean;
  /** The latents to start from: noise, or a picture with noise. */
  readonly begin: (noise: Tensor, picture?: Tensor) => Tensor;
  readonly solve: (
    predict: PredictNoise,
    x: Tensor,
    context: { readonly noise: Noise; readonly onStep: (step: SolverStep) => void },
  ) => Promise<Tensor>;
};

/** A sampler as people choose it. */
export type Sampler = {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Name of the schedule that Automatic stands for; uniform where absent. */
  readonly defaultScheduler?: string;
  /** Two evaluations a step. */
  readonly secondOrder: boolean;
  /** Adds noise from a Brownian path. */
  readonly brownian: boolean;
  /** Its noise depends on "Eta noise seed delta". */
  readonly usesEnsd: boolean;
  readonly discardNextToLastSigma: boolean;
  /** Names of the options in `SamplerOptions` that act on this sampler in particular. */
  readonly options: readonly (keyof SamplerOptions)[];
  /** Fewest steps it can take, with these options; 0 where a picture may come back as it is. */
  readonly minimumSteps: (options: SamplerOptions) => number;
  /** @throws EngineError 'sampler.too-few-steps', 'request.invalid' */
  readonly plan: (input: PlanInput) => Plan;
};

/** The whole schedule's steps and those of them that are walked back; from noise, all. */
export function stepsOf({ steps, options, picture }: PlanInput): ImageSteps {
  return picture
    ? imageSteps(steps, picture.strength, options, picture.exactSteps)
    : { steps, encoded: steps - 1 };
}

/** The steps by which prompt schedules count: evaluations, two a step for second-order samplers. */
export function promptSteps(sampler: Sampler, steps: number): number {
  return sampler.secondOrder ? steps * 2 : steps;
}
