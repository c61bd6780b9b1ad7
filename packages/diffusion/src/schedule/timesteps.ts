import { EngineError } from '../errors.ts';
import type { SamplerOptions } from '../sampler/options.ts';
import type { Extras } from './sigmas.ts';

/**
 * The ascending timesteps of DDIM, PLMS and UniPC: every (1000 / steps)-th from 1. Where the steps do not divide
 * 1000 there are more of them than steps, as in CompVis' original.
 * @throws EngineError 'request.invalid' above 1000 steps.
 */
export function timestepsFor(
  steps: number,
  options: SamplerOptions,
): { readonly timesteps: readonly number[]; readonly extras: Extras } {
  const discard = options.alwaysDiscardNextToLastSigma;
  const stride = Math.floor(1000 / (steps + (discard ? 1 : 0)));
  if (stride < 1 || !Number.isFinite(stride)) {
    throw new EngineError('request.invalid', { field: 'steps', reason: 'this sampler takes 1 to 1000' });
  }
  const count = Math.ceil(1000 / stride);
  return {
    timesteps: Array.from({ length: count }, (_, i) => Math.min(i * stride + 1, 999)),
    extras: discard ? { 'Discard penultimate sigma': true } : {},
  };
}
