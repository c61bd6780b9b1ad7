import { channelsOf } from '../channels.ts';
import type { Bytes } from '../channels.ts';
import { gaussianKernel, mirrored } from '../soften.ts';

/** Bits of the fraction of the weights for bytes. */
const unit = 256;

/**
 * A Gaussian blur of bytes in both directions at once, as OpenCV's `GaussianBlur` without a kernel size gives it.
 * @param sigma standard deviation in pixels, above 0.
 */
export function blurBytes(image: Bytes, sigma: number): Bytes {
  const kernel = gaussianKernel(sigma, radiusOf(6 * sigma));
  const { width, height } = image;
  const line = width * channelsOf(image);
  const across = alongLines(Float64Array.from(image.data), image, kernel);
  const down = alongColumns(across, line, height, kernel);
  return { width, height, data: Uint8Array.from(down, (sum) => (sum + unit ** 2 / 2) / unit ** 2) };
}

/** The same for any numbers, `width * height * channels` of them, in single precision. */
export function blurFloats(
  values: Float32Array,
  size: { readonly width: number; readonly height: number },
  sigma: number,
): Float32Array {
  const radius = radiusOf(8 * sigma);
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((total, value) => total + value, 0);
  const kernel = raw.map((value) => Math.fround(value / sum));
  const line = values.length / size.height;
  const across = alongLines(Float64Array.from(values), { ...size, data: values }, kernel);
  return Float32Array.from(alongColumns(across, line, size.height, kernel));
}

/** OpenCV makes the kernel as wide as this many pixels, rounded, and odd. */
function radiusOf(extent: number): number {
  return (Math.round(extent + 1) | 1) >> 1;
}

function alongLines(
  values: Float64Array,
  {
    width,
    height,
    data,
  }: { readonly width: number; readonly height: number; readonly data: ArrayLike<number> },
  kernel: readonly number[],
): Float64Array {
  const channels = data.length / (width * height);
  const radius = (kernel.length - 1) / 2;
  const sources = Array.from(
    { length: width + 2 * radius },
    (_, i) => mirrored(i - radius, width) * channels,
  );
  const result = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < kernel.length; k++) sum += kernel[k] * values[row + sources[x + k] + c];
        result[row + x * channels + c] = sum;
      }
    }
  }
  return result;
}

function alongColumns(
  values: Float64Array,
  line: number,
  height: number,
  kernel: readonly number[],
): Float64Array {
  const radius = (kernel.length - 1) / 2;
  const result = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++) {
      const source = mirrored(y + k - radius, height) * line;
      const weight = kernel[k];
      for (let i = 0; i < line; i++) result[y * line + i] += weight * values[source + i];
    }
  }
  return result;
}
