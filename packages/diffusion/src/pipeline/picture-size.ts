import type { ModelCard } from './model-card.ts';

export type Size = { readonly width: number; readonly height: number };

/** No side of a picture may have more pixels. */
export const longestSide = 16_384;

/** Sides are multiples of this; A1111 cuts others down to the multiple below. */
const multiple = 8;

export function roundDown({ width, height }: Size): Size {
  return { width: width - (width % multiple), height: height - (height % multiple) };
}

export function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Whether a picture of size `b` must be enlarged to cover `a`. */
export function isLarger(a: Size, b: Size): boolean {
  return a.width > b.width || a.height > b.height;
}

/**
 * The size at which a model draws a picture of the size asked for. A model whose card says `otherSizes: 'upscale'`
 * draws at its own size in about the same shape, and the picture is then enlarged; others draw what is asked.
 */
export function drawnSize(asked: Size, native: ModelCard['native']): Size {
  if (native === undefined || native.otherSizes === 'draw') return asked;
  const { min, max } = native;
  if ([asked.width, asked.height].every((side) => side >= min && side <= max)) return asked;
  const scale = Math.sqrt((native.width * native.height) / (asked.width * asked.height));
  const fit = (side: number): number =>
    Math.min(max, Math.max(min, Math.round((side * scale) / multiple) * multiple));
  return { width: fit(asked.width), height: fit(asked.height) };
}
