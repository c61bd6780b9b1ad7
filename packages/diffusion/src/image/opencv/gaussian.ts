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
  const data = new Uint8Array(down.length);
  for (let i = 0; i < data.length; i++) data[i] = (down[i] + unit ** 2 / 2) / unit ** 2;
  return { width, height, data };
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
  const across = alongLines(Float64Array.from(values), size, kernel);
  return Float32Array.from(alongColumns(across, line, size.height, kernel));
}

/** OpenCV makes the kernel as wide as this many pixels, rounded, and odd. */
function radiusOf(extent: number): number {
  return (Math.round(extent + 1) | 1) >> 1;
}

function alongLines(
  values: Float64Array,
  { width, height }: { readonly width: number; readonly height: number },
  kernel: readonly number[],
): Float64Array {
  const channels = values.length / (width * height);
  const radius = (kernel.length - 1) / 2;
  const sources = Int32Array.from(
    { length: width + 2 * radius },
    (_, i) => mirrored(i - radius, width) * channels,
  );
  const line = new Float64Array(sources.length);
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += width * channels) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < line.length; i++) line[i] = values[row + sources[i] + c];
      for (let x = 0; x < width; x++) {
        let sum = kernel[radius] * line[x + radius];
        // Both sides weigh the same.
        for (let k = 0; k < radius; k++) sum += kernel[k] * (line[x + k] + line[x + 2 * radius - k]);
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
