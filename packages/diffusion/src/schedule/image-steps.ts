import type { SamplerOptions } from '../sampler/options.ts';

/** How much of a schedule image to image walks: it starts after `steps - encoded - 1` of the levels. */
export type ImageSteps = {
  /** Steps of the whole schedule. */
  readonly steps: number;
  /** A1111's `t_enc`: steps that are undone; k-samplers run one more. */
  readonly encoded: number;
};

/**
 * @param strength 0 to 1, A1111's denoising strength.
 * @param exactSteps steps to really run, as the hires pass asks; the schedule becomes longer for it.
 */
export function imageSteps(
  steps: number,
  strength: number,
  options: SamplerOptions,
  exactSteps?: number,
): ImageSteps {
  const part = Math.min(strength, 0.999);
  if (exactSteps === undefined && !options.img2imgFixSteps) {
    return { steps, encoded: Math.trunc(part * steps) };
  }
  const wanted = exactSteps || steps;
  return { steps: strength > 0 ? Math.trunc(wanted / part) : 0, encoded: wanted - 1 };
}
