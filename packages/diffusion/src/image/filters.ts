/** What resampling weighs neighbours with; distances count in source pixels, or in target pixels when shrinking. */
export type Filter = { readonly support: number; readonly weigh: (distance: number) => number };

/** Lanczos' windowed sinc of three lobes. */
export const lanczos: Filter = {
  support: 3,
  weigh: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
};

/** Keys: "Cubic convolution interpolation for digital image processing" (1981), with a = -1/2. */
export const bicubic: Filter = {
  support: 2,
  weigh: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** A stretch of a line of pixels; `from === to` is a place between two of them. */
export type Stretch = { readonly from: number; readonly to: number };

/**
 * The sources of one target element and what each counts, which adds up to 1. Pixel centres lie at halves; making
 * smaller widens the window, so that nothing is skipped.
 * @param length elements of the source line.
 * @param size elements of the target line.
 * @param stretch the part of the source that fills the target; default all of it.
 */
export function windowOf(
  { support, weigh }: Filter,
  target: number,
  length: number,
  size: number,
  { from, to }: Stretch = { from: 0, to: length },
): { readonly first: number; readonly weights: readonly number[] } {
  const step = (to - from) / size;
  const scale = Math.max(1, step);
  const centre = from + (target + 0.5) * step;
  const first = Math.max(0, Math.floor(centre - support * scale + 0.5));
  const end = Math.min(length, Math.floor(centre + support * scale + 0.5));
  const raw = Array.from({ length: end - first }, (_, k) => weigh((first + k + 0.5 - centre) / scale));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return { first, weights: raw.map((weight) => weight / sum) };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
