import type { RgbImage } from '../api.ts';
import { fromLab, toLab } from './opencv/lab.ts';

/**
 * A picture with the colours of another one: in L*a*b* each channel's histogram is brought to that of the other, and
 * then the picture's own brightness is put back (A1111: `apply_color_correction`; scikit-image's `match_histograms`,
 * blendmodes' luminosity).
 * @param like Of any size.
 */
export function matchColours(image: RgbImage, like: RgbImage): RgbImage {
  const [own, wanted] = [toLab(image).data, toLab(like).data];
  const matched = new Uint8Array(own.length);
  for (let channel = 0; channel < 3; channel++) {
    const values = matchedValues(shares(own, channel), shares(wanted, channel));
    for (let at = channel; at < own.length; at += 3) matched[at] = values[own[at]];
  }
  const { width, height } = image;
  return withBrightnessOf(fromLab({ width, height, data: matched }), image);
}

/** How much of a channel is not above each value. */
function shares(data: Uint8Array, channel: number): Float64Array {
  const counts = new Float64Array(256);
  for (let at = channel; at < data.length; at += 3) counts[data[at]]++;
  let sum = 0;
  return counts.map((count) => (sum += count) / (data.length / 3));
}

/** For each value the one that has the same share in the other picture, cut off to a byte. */
function matchedValues(own: Float64Array, wanted: Float64Array): Uint8Array {
  const present = [...wanted.keys()].filter((value) => wanted[value] > (wanted[value - 1] ?? 0));
  return Uint8Array.from(own, (share) => {
    const above = present.findIndex((value) => wanted[value] > share);
    if (above === 0) return present[0];
    if (above === -1) return present.at(-1) ?? 0;
    const [low, high] = [present[above - 1], present[above]];
    return ((high - low) / (wanted[high] - wanted[low])) * (share - wanted[low]) + low;
  });
}

function withBrightnessOf(coloured: RgbImage, bright: RgbImage): RgbImage {
  const { width, height } = coloured;
  const data = new Uint8Array(coloured.data.length);
  for (let at = 0; at < data.length; at += 3) {
    const difference = luma(pixel(bright.data, at)) - luma(pixel(coloured.data, at));
    const moved = pixel(coloured.data, at).map((value) => value + difference);
    const mean = luma(moved);
    const [low, high] = [Math.min(...moved), Math.max(...moved)];
    // What lies out of range comes nearer to its grey.
    const raised = low < 0 ? moved.map((value) => mean + ((value - mean) * mean) / (mean - low)) : moved;
    const fitted =
      high > 1 ? raised.map((value) => mean + ((value - mean) * (1 - mean)) / (high - mean)) : raised;
    data.set(
      fitted.map((value) => 255 * Math.min(1, Math.max(0, value))),
      at,
    );
  }
  return { width, height, data };
}

function pixel(data: Uint8Array, at: number): readonly number[] {
  return [data[at] / 255, data[at + 1] / 255, data[at + 2] / 255];
}

function luma([red, green, blue]: readonly number[]): number {
  return red * 0.299 + green * 0.587 + blue * 0.114;
}
