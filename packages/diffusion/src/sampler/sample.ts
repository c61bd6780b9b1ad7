import type { ConditioningAt } from '../denoiser/condition.ts';
import { guidance } from '../denoiser/guidance.ts';
import type { Relay } from '../denoiser/guidance.ts';
import { blend } from '../denoiser/mask.ts';
import type { Network } from '../denoiser/network.ts';
import type { SoftBlend } from '../denoiser/soft-blend.ts';
import type { Extras } from '../schedule/sigmas.ts';
import type { Scheduler } from '../schedule/registry.ts';
import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { SamplerOptions } from './options.ts';
import type { ModelNoise, Noise, PictureStart, Plan, Sampler } from './plan.ts';
import type { SolverStep } from './sampler.ts';

export type SampleInput = {
  readonly sampler: Sampler;
  readonly scheduler: Scheduler;
  readonly steps: number;
  readonly options: SamplerOptions;
  readonly model: ModelNoise & { readonly network: Network };
  readonly conditioning: ConditioningAt;
  /** Guidance scale. */
  readonly scale: number;
  /** Edit models' second scale. */
  readonly imageScale?: number;
  /** More channels of inpainting and edit models, `[batch, n, h, w]`. */
  readonly imageCondition?: Tensor;
  readonly noise: Noise;
  /** Image to image and hires: latents `[batch, channels, h, w]` to start from. */
  readonly picture?: PictureStart & {
    readonly latents: Tensor;
    /** `[h, w]`: 1 where the picture stays as it is. */
    readonly keep?: Tensor;
    /** Mixes with it by the level of noise. */
    readonly soft?: SoftBlend;
  };
  /** Another model that takes over on the way. */
  readonly refiner?: Refiner;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SolverStep) => void;
};

/** A model that takes over, and when. */
export type Refiner = {
  readonly noise: ModelNoise;
  /** The share of the noise that is taken away before; absent, none. */
  readonly switchAt?: number;
  /** Counts evaluations instead of noise. */
  readonly countsSteps: boolean;
  /** What infotext says of it once it has taken over. */
  readonly extras: Extras;
  readonly take: () => Promise<{ readonly network: Network; readonly conditioning: ConditioningAt }>;
};

export type Sampled = {
  readonly latents: Tensor;
  /** Whether the refiner has taken over. */
  readonly isRefined: boolean;
  /** Keys for the infotext, in A1111's order: "Schedule type", "Eta", "NGMS" ... */
  readonly extras: Extras;
};

/**
 * What a run will do, without doing it: its steps, its evaluations, its start.
 * @throws EngineError 'sampler.too-few-steps', 'request.invalid'
 */
export function planSample(
  input: Pick<SampleInput, 'sampler' | 'scheduler' | 'steps' | 'options' | 'model' | 'picture'>,
): Plan {
  return input.sampler.plan(input);
}

/**
 * From noise, or from a picture with noise, to clean latents (still scaled by the VAE's factor).
 * @throws EngineError as `planSample`, and 'generation.cancelled'; whatever the network throws.
 */
export async function sample(input: SampleInput): Promise<Sampled> {
  const { options, model, noise, picture, onStep = () => {} } = input;
  const plan = planSample(input);
  const mask = picture?.keep && { keep: picture.keep, original: picture.latents, soft: picture.soft };
  let told: Extras = {};
  let refined: Extras | undefined;
  const predict = guidance({
    network: model.network,
    precondition: plan.precondition,
    conditioning: input.conditioning,
    scale: input.scale * plan.scaleFactor,
    imageScale: input.imageScale,
    imageCondition: input.imageCondition,
    mask,
    maskWhen: plan.maskWhen,
    needsNegative: plan.needsNegative,
    plannedCalls: plan.plannedCalls,
    skipEarlyCond: options.skipEarlyCond,
    sMinUncond: options.sMinUncond,
    sMinUncondAll: options.sMinUncondAll,
    batched: options.batchCondUncond,
    relay: input.refiner && relayOf(input, input.refiner, plan, (extras) => (refined = extras)),
    signal: input.signal,
    onExtras: (extras) => (told = { ...told, ...extras }),
  });
  // Only A1111's image to image weakens its first noise, not its hires pass.
  const multiplier = picture && !picture.hires ? options.initialNoiseMultiplier : 1;
  const x = plan.begin(combine([multiplier, noise.next()]), picture?.latents);
  const latents = await plan.solve(predict, x, { noise, onStep });
  return {
    latents: mask && !mask.soft ? blend(latents, mask) : latents,
    isRefined: refined !== undefined,
    extras: {
      ...(multiplier !== 1 && { 'Noise multiplier': multiplier }),
      ...plan.extras,
      ...(input.refiner?.countsSteps && { 'Refiner switch by sampling steps': true }),
      ...refined,
      ...told,
    },
  };
}

/** A1111's rule: the share of the noise that is gone is told by the nearest of 1000 timesteps. */
function relayOf(
  input: SampleInput,
  { noise, switchAt = 0, countsSteps, extras, take }: Refiner,
  { timestepOf, plannedCalls }: Plan,
  onTake: (extras: Extras) => void,
): Relay {
  const { sampler, scheduler, steps, options, picture } = input;
  return {
    isDue: (level, call) =>
      (countsSteps ? call / plannedCalls : (999 - timestepOf(level)) / 1000) >= switchAt,
    take: async () => {
      const { precondition } = sampler.plan({ scheduler, steps, options, picture, model: noise });
      const taken = { ...(await take()), precondition };
      onTake(extras);
      return taken;
    },
  };
}
