import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * Latents `[channels, h, w]` in another size, by linear interpolation of the nearest elements as PyTorch's
 * `interpolate(mode='bilinear')` does it: centres lie at halves, and making smaller skips elements.
 */
export function stretchLatents(latents: Tensor, height: number, width: number): Tensor {
  const [channels, fromHeight, fromWidth] = latents.shape;
  if (height === fromHeight && width === fromWidth) return latents;
  const rows = Array.from({ length: height }, (_, y) => neighbours(y, fromHeight, height));
  const columns = Array.from({ length: width }, (_, x) => neighbours(x, fromWidth, width));
  const result = tensor([channels, height, width]);
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const row of rows) {
      const upper = latents.data.subarray((channel * fromHeight + row.first) * fromWidth);
      const lower = latents.data.subarray((channel * fromHeight + row.second) * fromWidth);
      for (const { first, second, share } of columns) {
        const above = upper[first] * (1 - share) + upper[second] * share;
        const below = lower[first] * (1 - share) + lower[second] * share;
        result.data[at++] = above * (1 - row.share) + below * row.share;
      }
    }
  }
  return result;
}

/** The two elements next to a target's centre, and how much the second counts. */
function neighbours(
  target: number,
  from: number,
  to: number,
): { readonly first: number; readonly second: number; readonly share: number } {
  const centre = Math.max(0, ((target + 0.5) * from) / to - 0.5);
  const first = Math.min(from - 1, Math.floor(centre));
  return { first, second: Math.min(from - 1, first + 1), share: centre - first };
}
