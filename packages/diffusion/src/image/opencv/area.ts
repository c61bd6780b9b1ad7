import { channelsOf } from '../channels.ts';
import type { Bytes } from '../channels.ts';

/** What one target pixel takes from a line: sources one after the other, and how much of each. */
type Share = { readonly first: number; readonly weights: Float32Array };

/**
 * Bytes in a size that is not larger on either side, each pixel the mean of the area it covers: OpenCV's `resize` with
 * INTER_AREA.
 */
export function shrinkByArea(image: Bytes, width: number, height: number): Bytes {
  const channels = channelsOf(image);
  const across = Array.from({ length: width }, (_, x) => shareOf(x, image.width, width));
  const line = width * channels;
  const data = new Uint8Array(line * height);
  const sums = new Float32Array(line);
  for (let y = 0; y < height; y++) {
    const down = shareOf(y, image.height, height);
    sums.fill(0);
    for (let k = 0; k < down.weights.length; k++) {
      const row = (down.first + k) * image.width * channels;
      for (let x = 0; x < width; x++) {
        const { first, weights } = across[x];
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let j = 0; j < weights.length; j++) {
            sum += weights[j] * image.data[row + (first + j) * channels + c];
          }
          sums[x * channels + c] += down.weights[k] * sum;
        }
      }
    }
    for (let i = 0; i < line; i++) data[y * line + i] = toByte(sums[i]);
  }
  return { width, height, data };
}

function shareOf(target: number, length: number, size: number): Share {
  const scale = scaleOf(length, size);
  const from = target * scale;
  const to = Math.min(from + scale, length);
  const first = Math.floor(from + 1e-9);
  const end = Math.min(length, Math.max(first + 1, Math.ceil(to - 1e-3)));
  const cell = Math.min(scale, length - from);
  const weights = Float32Array.from({ length: end - first }, (_, k) => {
    const covered = Math.min(to, first + k + 1) - Math.max(from, first + k);
    return covered / cell;
  });
  return { first, weights };
}

/** Source pixels for each target pixel, with OpenCV's rounding: where an edge falls may hang on the last bit. */
export function scaleOf(length: number, size: number): number {
  return 1 / (size / length);
}

/** Rounded, halves to even, and kept within a byte. */
export function toByte(value: number): number {
  return Math.min(255, Math.max(0, roundHalfToEven(value)));
}

export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
