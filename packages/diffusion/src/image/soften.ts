import type { GreyImage } from './channels.ts';

/** Weights are whole 256ths, which add up to 1. */
const unit = 256;

/**
 * A mask blurred by a Gaussian along each axis, equal bit for bit to OpenCV's `GaussianBlur` on bytes. Beyond the
 * edges the picture is mirrored at its outermost pixels.
 * @param across standard deviation in pixels; 0 leaves that axis alone.
 */
export function soften(image: GreyImage, across: number, down: number): GreyImage {
  const { width, height } = image;
  const wide = across > 0 ? blurred(image.data, height, width, width, 1, kernelOf(across)) : image.data;
  const data = down > 0 ? blurred(wide, width, height, 1, width, kernelOf(down)) : wide;
  return { width, height, data };
}

/** Blurs `lines` lines of `length` values; the strides lead to the next line and to the next value. */
function blurred(
  values: Uint8Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  kernel: readonly number[],
): Uint8Array {
  const radius = (kernel.length - 1) / 2;
  const sources = Int32Array.from(
    { length: length + 2 * radius },
    (_, i) => mirrored(i - radius, length) * stride,
  );
  const result = new Uint8Array(values.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    for (let i = 0; i < length; i++) {
      let sum = unit / 2;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * values[start + sources[i + k]];
      result[start + i * stride] = sum / unit;
    }
  }
  return result;
}

/** A1111's width of the kernel for a standard deviation. */
function kernelOf(sigma: number): readonly number[] {
  return gaussianKernel(sigma, Math.trunc(2.5 * sigma + 0.5));
}

/** A Gaussian in whole 256ths, which add up to 1; roundings are carried on to the next weight. */
export function gaussianKernel(sigma: number, radius: number): readonly number[] {
  const raw = Array.from({ length: radius + 1 }, (_, i) => Math.exp(-((radius - i) ** 2) / (2 * sigma ** 2)));
  const sum = raw.reduce((total, value, i) => total + (i < radius ? 2 * value : value), 0);
  let error = 0;
  const half = raw.slice(0, radius).map((value) => {
    const exact = (value / sum) * unit + error;
    const whole = roundHalfToEven(exact);
    error = exact - whole;
    return whole;
  });
  const centre = unit - 2 * half.reduce((total, value) => total + value, 0);
  return [...half, centre, ...half.toReversed()];
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}

/** Where a position beyond the ends lies when the line is mirrored at its first and last value. */
export function mirrored(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((position % period) + period) % period;
  return within < length ? within : period - within;
}
