import type { SamplerOptions } from '../sampler/options.ts';
import { alignedSteps } from './align-your-steps.ts';
import type { NoiseLevels } from './noise-levels.ts';
import { findScheduler } from './registry.ts';
import type { Scheduler } from './registry.ts';
import { uniform } from './uniform.ts';

/** Keys to add to the infotext, in order. */
export type Extras = Readonly<Record<string, string | number | boolean>>;

export type SigmasInput = {
  readonly scheduler: Scheduler;
  /** The sampler's default schedule by name, for Automatic; uniform where it has none. */
  readonly samplerDefault?: string;
  /** Whether the sampler always drops the last sigma above 0 (DPM2, DPM++ 3M SDE). */
  readonly discardNextToLast: boolean;
  readonly steps: number;
  readonly levels: NoiseLevels;
  /** Which published Align Your Steps schedule suits the model. */
  readonly alignedFor: keyof typeof alignedSteps;
  readonly options: SamplerOptions;
  /** The hires pass says "Hires schedule type", and only where it differs from the first pass. */
  readonly hires?: { readonly firstScheduleType?: string };
};

/** The noise levels a sampler walks down, from high to low, and what the infotext says about them. */
export function sigmasFor(input: SigmasInput): { readonly sigmas: Float32Array; readonly extras: Extras } {
  const { scheduler, samplerDefault, levels, options } = input;
  const extras: Record<string, string | number | boolean> = {};
  if (options.alwaysDiscardNextToLastSigma && !input.discardNextToLast) {
    extras['Discard penultimate sigma'] = true;
  }
  const discard = input.discardNextToLast || options.alwaysDiscardNextToLastSigma;
  const isNamed = scheduler.schedule !== undefined || samplerDefault !== undefined;
  const chosen = scheduler.schedule || !samplerDefault ? scheduler : findScheduler(samplerDefault);
  const { schedule = uniform } = chosen;
  const range = options.useOldKarrasSigmas ? [0.1, 10] : [levels.sigmaMin, levels.sigmaMax];
  let rho = chosen.defaultRho ?? 0;

  if (isNamed) {
    if (input.hires === undefined) extras['Schedule type'] = chosen.label;
    else if (chosen.label !== input.hires.firstScheduleType) extras['Hires schedule type'] = chosen.label;
    if (options.sigmaMin !== 0 && options.sigmaMin !== levels.sigmaMin) {
      extras['Schedule min sigma'] = range[0] = options.sigmaMin;
    }
    if (options.sigmaMax !== 0 && options.sigmaMax !== levels.sigmaMax) {
      extras['Schedule max sigma'] = range[1] = options.sigmaMax;
    }
    if (chosen.defaultRho !== undefined && options.rho !== 0 && options.rho !== chosen.defaultRho) {
      extras['Schedule rho'] = rho = options.rho;
    }
    Object.assign(extras, chosen.describe?.(options));
  }
  const sigmas = schedule({
    steps: input.steps + (discard ? 1 : 0),
    sigmaMin: range[0],
    sigmaMax: range[1],
    rho,
    levels,
    betaAlpha: options.betaAlpha,
    betaBeta: options.betaBeta,
    alignedSteps: alignedSteps[input.alignedFor],
  });
  return {
    sigmas: discard ? Float32Array.of(...sigmas.subarray(0, -2), sigmas[sigmas.length - 1]) : sigmas,
    extras,
  };
}
