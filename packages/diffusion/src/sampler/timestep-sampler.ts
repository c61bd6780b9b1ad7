import { noiseAtTimestep } from '../denoiser/preconditioning.ts';
import { EngineError } from '../errors.ts';
import { timestepsFor } from '../schedule/timesteps.ts';
import { combine } from './arithmetic.ts';
import type { SamplerOptions } from './options.ts';
import { stepsOf } from './plan.ts';
import type { Plan, PlanInput, Sampler } from './plan.ts';
import type { TimestepSolver } from './sampler.ts';

/** A solver over the model's own timesteps, with what distinguishes it. */
export type TimestepSampler = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly solve: TimestepSolver;
  readonly options?: readonly (keyof SamplerOptions)[];
  readonly minimumSteps?: (options: SamplerOptions) => number;
  /** What the guidance scale is multiplied with; default 1. */
  readonly scaleFactor?: number;
  /** Whether it reads the negative prompt's noise; default false. */
  readonly needsNegative?: boolean;
  /** Steps and evaluations for a number of timesteps. */
  readonly work: (timesteps: number) => { readonly steps: number; readonly calls: number };
};

/** Completes a solver over timesteps into a sampler: A1111's CompVisSampler in facts. */
export function timestepSampler(kind: TimestepSampler): Sampler {
  const { name, aliases, options = [], minimumSteps = () => 0 } = kind;
  const sampler: Sampler = {
    name,
    aliases,
    secondOrder: false,
    brownian: false,
    usesEnsd: false,
    discardNextToLastSigma: false,
    options,
    minimumSteps,
    plan: (input) => planTimesteps(sampler, kind, input),
  };
  return sampler;
}

function planTimesteps(sampler: Sampler, kind: TimestepSampler, input: PlanInput): Plan {
  const { options, model, picture } = input;
  const { alphasCumprod } = model;
  const { steps, encoded } = stepsOf(input);
  const { timesteps: all, extras } = timestepsFor(steps, options);
  const timesteps = picture ? all.slice(0, encoded) : all;
  const minimum = sampler.minimumSteps(options);
  if (timesteps.length < minimum) {
    throw new EngineError('sampler.too-few-steps', { sampler: sampler.name, minimum });
  }

  const followsEta = sampler.options.includes('eta');
  const eta = options.eta ?? options.etaDdim;
  const extraNoise = picture ? options.img2imgExtraNoise : 0;
  return {
    ...kind.work(timesteps.length),
    plannedCalls: picture ? encoded + 1 : steps,
    extras: {
      ...extras,
      ...(extraNoise > 0 && { 'Extra noise': extraNoise }),
      ...(followsEta && eta !== 0 && { 'Eta DDIM': eta }),
    },
    precondition: noiseAtTimestep(alphasCumprod, model.prediction),
    timestepOf: Math.trunc,
    maskWhen: 'before',
    scaleFactor: kind.scaleFactor ?? 1,
    needsNegative: kind.needsNegative ?? false,
    begin: (noise, latents) => {
      if (latents === undefined) return noise;
      const alpha = alphasCumprod[all[encoded]];
      const root = Math.sqrt(alpha);
      return combine([root, latents], [Math.sqrt(1 - alpha) + extraNoise * root, noise]);
    },
    solve: (predict, x, { noise, onStep }) =>
      kind.solve(predict, x, timesteps, {
        eta,
        alphasCumprod,
        options,
        fromPicture: picture !== undefined,
        noise: noise.next,
        onStep,
      }),
  };
}
