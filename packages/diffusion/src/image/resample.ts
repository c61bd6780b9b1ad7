import { channelsOf } from './channels.ts';
import type { Bytes } from './channels.ts';
import { windowOf } from './filters.ts';
import type { Filter, Stretch } from './filters.ts';
import type { Box } from './region.ts';

/** Bits of the fraction of Pillow's weights. */
const fraction = 22;

/**
 * Bytes in another size, equal bit for bit to Pillow's `Image.resize`: weights in fixed point, and each axis rounded
 * to bytes on its own, across first. `resizeImage` keeps fractions between the axes instead.
 * @param box the part that is taken; its sides may lie upon each other, which repeats an edge.
 */
export function resample(
  image: Bytes,
  width: number,
  height: number,
  filter: Filter,
  box: Box = { left: 0, top: 0, right: image.width, bottom: image.height },
): Bytes {
  const channels = channelsOf(image);
  const isAsWide = width === image.width && box.left === 0 && box.right === width;
  const isAsHigh = height === image.height && box.top === 0 && box.bottom === height;
  const across = isAsWide
    ? image.data
    : alongAxis(filter, image.data, { outer: image.height, length: image.width, inner: channels }, width, {
        from: box.left,
        to: box.right,
      });
  const data = isAsHigh
    ? across
    : alongAxis(filter, across, { outer: 1, length: image.height, inner: width * channels }, height, {
        from: box.top,
        to: box.bottom,
      });
  return { width, height, data };
}

/** Resamples the middle axis of `[outer, length, inner]` bytes. */
function alongAxis(
  filter: Filter,
  values: Uint8Array,
  { outer, length, inner }: { readonly outer: number; readonly length: number; readonly inner: number },
  size: number,
  stretch: Stretch,
): Uint8Array {
  const result = new Uint8Array(outer * size * inner);
  for (let target = 0; target < size; target++) {
    const { first, weights } = windowOf(filter, target, length, size, stretch);
    const fixed = Int32Array.from(weights, inFixedPoint);
    for (let line = 0; line < outer; line++) {
      const source = (line * length + first) * inner;
      const out = (line * size + target) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 1 << (fraction - 1);
        for (let k = 0; k < fixed.length; k++) sum += fixed[k] * values[source + k * inner + i];
        result[out + i] = Math.min(255, Math.max(0, sum >> fraction));
      }
    }
  }
  return result;
}

function inFixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** fraction + (weight < 0 ? -0.5 : 0.5));
}
