import { consistentAtSigma, denoisedAtSigma } from '../denoiser/preconditioning.ts';
import { EngineError } from '../errors.ts';
import { discreteLevels, distilledLevels, nearestLevel } from '../schedule/noise-levels.ts';
import { sigmasFor } from '../schedule/sigmas.ts';
import type { Extras } from '../schedule/sigmas.ts';
import { combine } from './arithmetic.ts';
import type { SamplerOptions } from './options.ts';
import { promptSteps, stepsOf } from './plan.ts';
import type { Plan, PlanInput, Sampler } from './plan.ts';
import type { NoiseOptions, SigmaContext, SigmaSolver } from './sampler.ts';

type NoiseOption = 'eta' | 'sChurn' | 'sTmin' | 'sTmax' | 'sNoise';

/** A solver over sigmas, with what distinguishes it; whatever is absent is A1111's rule. */
export type SigmaSampler = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly solve: SigmaSolver;
  readonly defaultScheduler?: string;
  readonly secondOrder?: boolean;
  readonly brownian?: boolean;
  readonly usesEnsd?: boolean;
  readonly discardNextToLastSigma?: boolean;
  /** The noise options that it follows. */
  readonly options?: readonly NoiseOption[];
  readonly minimumSteps?: number;
  /** Chooses its own levels between the schedule's first and last; with fresh noise it cannot if they are one. */
  readonly choosesLevels?: boolean;
  /** Walks the levels of consistency distillation. */
  readonly distilled?: boolean;
  /** Steps and evaluations ahead, where they are not one a sigma (two for second order). */
  readonly work?: (
    sigmas: Float32Array,
    evaluations: number,
  ) => { readonly steps?: number; readonly calls?: number };
};

/** Completes a solver over sigmas into a sampler: A1111's KDiffusionSampler in facts. */
export function sigmaSampler(kind: SigmaSampler): Sampler {
  const { name, aliases, defaultScheduler, options = [], minimumSteps = 1 } = kind;
  const sampler: Sampler = {
    name,
    aliases,
    defaultScheduler,
    secondOrder: kind.secondOrder ?? false,
    brownian: kind.brownian ?? false,
    usesEnsd: kind.usesEnsd ?? false,
    discardNextToLastSigma: kind.discardNextToLastSigma ?? false,
    options,
    minimumSteps: () => minimumSteps,
    plan: (input) => planSigmas(sampler, kind, input),
  };
  return sampler;
}

function planSigmas(sampler: Sampler, kind: SigmaSampler, input: PlanInput): Plan {
  const { options, model, picture } = input;
  const { steps, encoded } = stepsOf(input);
  if (steps < 1) {
    const field = picture ? 'strength' : 'steps';
    throw new EngineError('request.invalid', { field, reason: 'must be above 0' });
  }

  const levels = kind.distilled
    ? distilledLevels(model.alphasCumprod)
    : discreteLevels(model.alphasCumprod, options.enableQuantization);
  const { sigmas: all, extras } = sigmasFor({
    scheduler: input.scheduler,
    samplerDefault: sampler.defaultScheduler,
    discardNextToLast: sampler.discardNextToLastSigma,
    steps,
    levels,
    alignedFor: model.alignedFor,
    options,
    hires: picture?.hires,
  });
  const sigmas = picture ? all.subarray(steps - encoded - 1) : all;
  const last = sigmas.length - 1;
  const minimum = sampler.minimumSteps(options);
  if (last < minimum && sigmas[last] === 0) {
    throw new EngineError('sampler.too-few-steps', { sampler: sampler.name, minimum });
  }

  const noiseOptions = noiseOptionsOf(sampler, options);
  const span = picture
    ? { sigmaMin: sigmas[last - 1], sigmaMax: sigmas[0], evaluations: last }
    : { sigmaMin: levels.sigmaMin, sigmaMax: levels.sigmaMax, evaluations: steps };
  if (kind.choosesLevels && noiseOptions.eta !== 0 && span.sigmaMin >= span.sigmaMax) {
    throw new EngineError('sampler.too-few-steps', { sampler: sampler.name, minimum: 2 });
  }
  const pairs = 2 * last - (sigmas[last] === 0 ? 1 : 0);
  const work = kind.work?.(sigmas, span.evaluations) ?? {
    steps: last,
    calls: sampler.secondOrder ? pairs : last,
  };
  const positive = all.filter((sigma) => sigma > 0);
  return {
    ...work,
    plannedCalls: promptSteps(sampler, picture ? encoded + 1 : steps),
    extras: { ...extras, ...startExtras(input), ...noiseExtras(sampler, noiseOptions) },
    precondition: kind.distilled ? consistentAtSigma(levels) : denoisedAtSigma(levels, model.prediction),
    timestepOf: (sigma) => nearestLevel(levels.sigmas, sigma),
    maskWhen: 'after',
    scaleFactor: 1,
    needsNegative: false,
    begin: (noise, latents) => {
      if (latents) return combine([1, latents], [sigmas[0] + options.img2imgExtraNoise, noise]);
      return combine([options.sgmNoiseMultiplier ? Math.sqrt(1 + sigmas[0] ** 2) : sigmas[0], noise]);
    },
    solve: (predict, x, { noise, onStep }) => {
      const context: SigmaContext = {
        ...noiseOptions,
        span,
        onStep,
        noise: sampler.brownian ? noise.brownian(Math.min(...positive), Math.max(...positive)) : noise.next,
      };
      return kind.solve(async (x, sigma) => (await predict(x, sigma)).guided, x, sigmas, context);
    },
  };
}

function startExtras({ options, picture }: PlanInput): Extras {
  if (picture) return options.img2imgExtraNoise > 0 ? { 'Extra noise': options.img2imgExtraNoise } : {};
  return options.sgmNoiseMultiplier ? { 'SGM noise multiplier': true } : {};
}

const neutral: NoiseOptions = { eta: 1, sChurn: 0, sTmin: 0, sTmax: Infinity, sNoise: 1 };

function noiseOptionsOf(sampler: Sampler, options: SamplerOptions): NoiseOptions {
  const wanted: NoiseOptions = {
    eta: options.eta ?? options.etaAncestral,
    sChurn: options.sChurn,
    sTmin: options.sTmin,
    sTmax: options.sTmax || Infinity,
    sNoise: options.sNoise,
  };
  const followed = Object.entries(wanted).filter(([key]) => sampler.options.includes(key as NoiseOption));
  return { ...neutral, ...Object.fromEntries(followed) };
}

const labels: readonly (readonly [NoiseOption, string])[] = [
  ['eta', 'Eta'],
  ['sChurn', 'Sigma churn'],
  ['sTmin', 'Sigma tmin'],
  ['sTmax', 'Sigma tmax'],
  ['sNoise', 'Sigma noise'],
];

function noiseExtras(sampler: Sampler, options: NoiseOptions): Extras {
  const changed = labels.filter(([key]) => sampler.options.includes(key) && options[key] !== neutral[key]);
  return Object.fromEntries(changed.map(([key, label]) => [label, options[key]]));
}
