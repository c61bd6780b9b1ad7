import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { softBlend } from './soft-blend.ts';
import type { SoftBlend } from './soft-blend.ts';

/** What image to image must leave alone. */
export type Mask = {
  /** `[h, w]`: 1 keeps the original, 0 draws anew. */
  readonly keep: Tensor;
  /** Latents of the original, `[batch, channels, h, w]`. */
  readonly original: Tensor;
  /** Mixes by the level of noise instead of evenly; then the end of sampling is left as it is. */
  readonly soft?: SoftBlend;
};

/** `x` where the mask draws, the original where it keeps. */
export function blend(x: Tensor, { keep, original }: Mask): Tensor {
  const area = keep.data.length;
  return tensor(
    x.shape,
    x.data.map((value, i) => {
      const share = keep.data[i % area];
      return value * (1 - share) + original.data[i] * share;
    }),
  );
}

/** As `blend`, on the way: soft masks go by the level of noise. */
export function blendAt(x: Tensor, mask: Mask, level: number): Tensor {
  const { keep, original, soft } = mask;
  return soft === undefined ? blend(x, mask) : softBlend(x, original, keep, level, soft);
}
