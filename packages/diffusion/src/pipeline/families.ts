import type { ModelNoise } from '../sampler/plan.ts';
import { scaledLinearAlphas } from '../schedule/noise-levels.ts';

/** What models of one architecture share and no tensor tells. */
export type Family = {
  readonly noise: ModelNoise;
  /** Latents are multiplied with this after encoding, so that their variance is about 1. */
  readonly latentScale: number;
};

const families: Readonly<Record<string, Family>> = {
  sd1: {
    noise: { alphasCumprod: scaledLinearAlphas(), prediction: 'epsilon', alignedFor: 'sd1' },
    latentScale: 0.18215,
  },
};

/** @param architecture of a checkpoint that the runtime could open. */
export function familyOf(architecture: string): Family {
  const family = families[architecture];
  if (family === undefined) throw new RangeError(`${architecture} is opened but cannot be drawn with`);
  return family;
}
