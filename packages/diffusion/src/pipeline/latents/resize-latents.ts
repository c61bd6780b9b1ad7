import { bicubic as keys, windowOf } from '../../image/filters.ts';
import type { Filter } from '../../image/filters.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';

/** The sources of one target element and what each counts. */
type Tap = { readonly index: number; readonly weight: number };

/** How elements between others come about: the taps of `target` on a line of `size`, from one of `length`. */
export type Interpolation = (target: number, length: number, size: number) => readonly Tap[];

/** The modes of PyTorch's `interpolate` that A1111 offers; centres lie at halves. */
export const nearest: Interpolation = (target, length, size) =>
  one(Math.floor(Math.fround(target * Math.fround(length / size))), length);

export const nearestExact: Interpolation = (target, length, size) =>
  one(Math.floor(Math.fround((target + 0.5) * Math.fround(length / size))), length);

/** Making smaller skips elements. */
export const bilinear: Interpolation = (target, length, size) => {
  const centre = Math.max(0, ((target + 0.5) * length) / size - 0.5);
  const first = Math.min(length - 1, Math.floor(centre));
  const share = centre - first;
  return [
    { index: first, weight: 1 - share },
    { index: Math.min(length - 1, first + 1), weight: share },
  ];
};

/** Keys' cubic with a = -3/4; edges are repeated. */
export const bicubic: Interpolation = (target, length, size) => {
  const centre = ((target + 0.5) * length) / size - 0.5;
  const first = Math.floor(centre);
  return [-1, 0, 1, 2].map((offset) => ({
    index: Math.min(length - 1, Math.max(0, first + offset)),
    weight: cubic(Math.abs(first + offset - centre)),
  }));
};

/** As Pillow resizes: making smaller widens the window, and what lies beyond an edge does not count. */
export const bilinearAntialiased = windowed({ support: 1, weigh: (x) => Math.max(0, 1 - Math.abs(x)) });

/** With a = -1/2. */
export const bicubicAntialiased = windowed(keys);

/** Latents `[channels, h, w]` in another size; the same where they have it. */
export function resizeLatents(
  latents: Tensor,
  height: number,
  width: number,
  interpolation: Interpolation,
): Tensor {
  const [channels, fromHeight, fromWidth] = latents.shape;
  if (height === fromHeight && width === fromWidth) return latents;
  const across = alongAxis(latents.data, channels * fromHeight, fromWidth, 1, width, interpolation);
  const data = alongAxis(across, channels, fromHeight, width, height, interpolation);
  return tensor([channels, height, width], Float32Array.from(data));
}

/** Resamples the middle axis of `[outer, length, inner]`. */
function alongAxis(
  values: ArrayLike<number>,
  outer: number,
  length: number,
  inner: number,
  size: number,
  interpolation: Interpolation,
): Float64Array {
  const result = new Float64Array(outer * size * inner);
  for (let target = 0; target < size; target++) {
    const taps = interpolation(target, length, size);
    for (let line = 0; line < outer; line++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (const { index, weight } of taps) sum += weight * values[(line * length + index) * inner + i];
        result[(line * size + target) * inner + i] = sum;
      }
    }
  }
  return result;
}

function one(index: number, length: number): readonly Tap[] {
  return [{ index: Math.min(length - 1, index), weight: 1 }];
}

function windowed(filter: Filter): Interpolation {
  return (target, length, size) => {
    const { first, weights } = windowOf(filter, target, length, size);
    return weights.map((weight, i) => ({ index: first + i, weight }));
  };
}

/** Keys: "Cubic convolution interpolation for digital image processing" (1981), with PyTorch's a. */
function cubic(x: number): number {
  const a = -0.75;
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
