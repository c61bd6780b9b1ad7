import { channelsOf } from './channels.ts';
import type { Bytes } from './channels.ts';

/** Box blurs that stand for one Gaussian. */
const passes = 3;
const bits = 24;

/**
 * A nearly Gaussian blur of any radius at the same cost, equal bit for bit to Pillow's `ImageFilter.GaussianBlur`.
 * Gwosdek et al.: "Theoretical foundations of Gaussian convolution by extended box filtering" (2011).
 * @param radius standard deviation in pixels; 0 gives the picture itself.
 */
export function boxBlur(image: Bytes, radius: number): Bytes {
  if (radius === 0) return image;
  const { width, height } = image;
  const channels = channelsOf(image);
  const box = boxRadius(radius);
  const data = image.data.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) blurLine(data, y * width * channels + channel, channels, width, box);
    for (let x = 0; x < width; x++) blurLine(data, x * channels + channel, width * channels, height, box);
  }
  return { width, height, data };
}

/** Blurs a line in place, `passes` times; it goes on beyond its ends as it ends. */
function blurLine(data: Uint8Array, start: number, stride: number, length: number, box: number): void {
  const radius = Math.trunc(box);
  const weight = Math.trunc(Math.fround(2 ** bits / Math.fround(box * 2 + 1)));
  const edgeWeight = Math.trunc((2 ** bits - (2 * radius + 1) * weight) / 2);
  const line = new Uint8Array(length + 2 * (radius + 1));
  for (let pass = 0; pass < passes; pass++) {
    for (let i = 0; i < line.length; i++) {
      const source = Math.min(length - 1, Math.max(0, i - radius - 1));
      line[i] = data[start + source * stride];
    }
    let sum = 0;
    for (let i = 0; i < 2 * radius + 1; i++) sum += line[i];
    for (let i = 0; i < length; i++) {
      const last = line[i + 2 * radius + 1];
      const far = line[i] + line[i + 2 * radius + 2];
      sum += last - line[i];
      data[start + i * stride] = (sum * weight + far * edgeWeight + 2 ** (bits - 1)) / 2 ** bits;
    }
  }
}

/** The box's radius, with a fraction for its outermost pixels, in single precision like the original. */
function boxRadius(radius: number): number {
  const variance = Math.fround((radius * radius) / passes);
  const length = Math.fround(Math.sqrt(12 * variance + 1));
  const whole = Math.floor((length - 1) / 2);
  const rest = Math.fround((2 * whole + 1) * Math.fround(whole * (whole + 1) - Math.fround(3 * variance)));
  const divisor = Math.fround(6 * Math.fround(variance - (whole + 1) ** 2));
  return Math.fround(whole + Math.fround(rest / divisor));
}
