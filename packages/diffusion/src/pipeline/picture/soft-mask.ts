import type { SoftBlend } from '../../denoiser/soft-blend.ts';
import { boxBlur } from '../../image/box-blur.ts';
import type { GreyImage } from '../../image/channels.ts';
import { fitImage } from '../../image/fit.ts';
import type { Tensor } from '../../tensor.ts';
import { checkNumber } from '../checks.ts';
import type { Size } from '../picture-size.ts';
import { gaussianKernel, histogramFilter } from './histogram-filter.ts';

/** A1111's "soft inpainting": a grey mask counts at every step, and what changed little stays as it was. */
export type SoftMaskRequest = {
  /** When the original comes back: 0 to 8, default 1. */
  readonly scheduleBias?: number;
  /** How strongly it is kept where the mask is grey: 0 to 8, default 0.5. */
  readonly preservationStrength?: number;
  /** Contrast where both are mixed: 1 to 32, default 4. */
  readonly transitionContrastBoost?: number;
  /** How much the mask counts in the finished picture: 0 to 1, default 0. */
  readonly maskInfluence?: number;
  /** How different a place must be to be taken over: 0 to 8, default 0.5. */
  readonly differenceThreshold?: number;
  /** How sharp that decision is: 0 to 8, default 2. */
  readonly differenceContrast?: number;
};

export type SoftMask = SoftBlend & Required<SoftMaskRequest>;

/** Of each place, and of those around it that changed most; then without single places that stick out. */
const around = gaussianKernel(1.5, 2);
/** Pixels by which the enlarged mask is blurred. */
const blur = 4;

/** @throws EngineError 'request.invalid', naming the field. */
export function resolveSoftMask(given: SoftMaskRequest): SoftMask {
  const read = (name: keyof SoftMaskRequest, usual: number, min: number, max: number): number =>
    checkNumber(`mask.soft.${name}`, given[name] ?? usual, { min, max });
  return {
    scheduleBias: read('scheduleBias', 1, 0, 8),
    preservationStrength: read('preservationStrength', 0.5, 0, 8),
    transitionContrastBoost: read('transitionContrastBoost', 4, 1, 32),
    maskInfluence: read('maskInfluence', 0, 0, 1),
    differenceThreshold: read('differenceThreshold', 0.5, 0, 8),
    differenceContrast: read('differenceContrast', 2, 0, 8),
  };
}

/**
 * Where the finished picture is to be seen, in white, from how far the latents went: little changes stay hidden.
 * @param drawn `[channels, h, w]`, as is the original; `keep` is `[h, w]`.
 */
export function changedMask(
  drawn: Tensor,
  original: Tensor,
  keep: Tensor,
  soft: SoftMask,
  { width, height }: Size,
): GreyImage {
  const [channels, rows, columns] = drawn.shape;
  const area = rows * columns;
  const distances = Float64Array.from({ length: area }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += (drawn.data[channel * area + i] - original.data[channel * area + i]) ** 2;
    }
    return Math.sqrt(sum);
  });
  const field = { width: columns, height: rows, values: distances };
  const grown = histogramFilter(field, around, [0.9, 1]);
  const { values } = histogramFilter(grown, around, [0.25, 0.75]);
  const data = Uint8Array.from(values, (distance, i) => {
    const half = soft.differenceThreshold * reluctance(1 - keep.data[i], soft);
    const hidden = 1 / (1 + (distance / half) ** soft.differenceContrast);
    return 255 * (1 - smootherStep(Number.isNaN(hidden) ? 1 : hidden));
  });
  return boxBlur(fitImage({ width: columns, height: rows, data }, 'fill', width, height), blur);
}

/** How far a place must go to be half seen, in units of the threshold; the mask makes white parts quicker. */
function reluctance(shown: number, { preservationStrength, maskInfluence }: SoftMask): number {
  const byMask = 1 - Math.min(1, Math.max(0, shown)) ** (preservationStrength / 2);
  const share = 0.5 * (1 - maskInfluence) + byMask * maskInfluence;
  return share / (1.00001 - share);
}

/** Perlin's curve from 0 to 1, flat at both ends. */
function smootherStep(x: number): number {
  return x * x * x * (x * (6 * x - 15) + 10);
}
