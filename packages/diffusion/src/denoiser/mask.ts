import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** What image to image must leave alone. */
export type Mask = {
  /** `[h, w]`: 1 keeps the original, 0 draws anew. */
  readonly keep: Tensor;
  /** Latents of the original, `[batch, channels, h, w]`. */
  readonly original: Tensor;
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
