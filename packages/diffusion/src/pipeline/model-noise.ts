import type { Prediction } from '../denoiser/preconditioning.ts';
import type { Family } from '../models/families/family.ts';
import type { ModelNoise } from '../sampler/plan.ts';
import { scaledLinearAlphas } from '../schedule/noise-levels.ts';
import type { Extras } from '../schedule/sigmas.ts';
import { zeroTerminalAlphas } from '../schedule/zero-terminal.ts';
import type { ModelOptions } from './model-options.ts';

/** How a checkpoint was trained. */
export type Training = {
  readonly prediction: Prediction;
  /** Whether its noise schedule ended in noise alone. */
  readonly isZeroTerminal: boolean;
};

/** The noise of a model as sampling must know it. */
export function modelNoise(
  { alignedFor }: Family,
  { prediction, isZeroTerminal }: Training,
  options: ModelOptions,
): ModelNoise {
  const trained = scaledLinearAlphas();
  const alphas = options.downcastsAlphas ? trained.map(Math.f16round) : trained;
  const isZero = isZeroTerminal || options.noiseSchedule === 'Zero Terminal SNR';
  return { alphasCumprod: isZero ? zeroTerminalAlphas(alphas) : alphas, prediction, alignedFor };
}

/** What A1111 writes of it. */
export function noiseExtras({ isZeroTerminal }: Training, options: ModelOptions): Extras {
  const { noiseSchedule, downcastsAlphas } = options;
  const isZero = isZeroTerminal || noiseSchedule === 'Zero Terminal SNR';
  return {
    ...(downcastsAlphas && { 'Downcast alphas_cumprod': true }),
    ...(isZero && { 'Noise Schedule': noiseSchedule }),
  };
}
