import { groups } from '../../models/vae/stages.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';

/** Mean and variance of each group of channels. */
export type Statistics = { readonly means: Float64Array; readonly variances: Float64Array };

/** Features of a whole picture in strips of rows, from top to bottom. */
export type FeatureMap = {
  readonly channels: number;
  readonly width: number;
  /** Rows of every strip but the last, which may have fewer. */
  readonly rows: number;
  readonly height: number;
  /** `[channels, rows, width]` each; one that nobody needs any more is empty. */
  readonly strips: Float32Array[];
};

/** A picture `[1, channels, height, width]` cut into strips. */
export function cut({ shape: [, channels, height, width], data }: Tensor, rows: number): FeatureMap {
  const strips = Array.from({ length: Math.ceil(height / rows) }, (_, index) => {
    const count = Math.min(rows, height - index * rows);
    const strip = new Float32Array(channels * count * width);
    for (let channel = 0; channel < channels; channel++) {
      const start = (channel * height + index * rows) * width;
      strip.set(data.subarray(start, start + count * width), channel * count * width);
    }
    return strip;
  });
  return { channels, width, rows, height, strips };
}

/** Strips as one picture again. */
export function joined({ channels, width, rows, height, strips }: FeatureMap): Tensor {
  const whole = tensor([1, channels, height, width]);
  strips.forEach((strip, index) => {
    const size = strip.length / channels;
    for (let channel = 0; channel < channels; channel++) {
      whole.data.set(
        strip.subarray(channel * size, (channel + 1) * size),
        (channel * height + index * rows) * width,
      );
    }
  });
  return whole;
}

/** A strip with so many rows of its neighbours above and below, where there are any. */
export function withNeighbours(
  { channels, width, strips }: FeatureMap,
  index: number,
  above: number,
  below: number,
): Tensor {
  const rowsIn = (strip: Float32Array): number => strip.length / channels / width;
  const parts = [
    { strip: strips[index - 1], from: -above, count: above },
    { strip: strips[index], from: 0, count: rowsIn(strips[index]) },
    { strip: strips[index + 1], from: 0, count: below },
  ].filter(({ strip }) => strip !== undefined);
  const height = parts.reduce((sum, { count }) => sum + count, 0);
  const whole = tensor([1, channels, height, width]);
  for (let channel = 0; channel < channels; channel++) {
    let row = channel * height;
    for (const { strip, from, count } of parts) {
      const all = rowsIn(strip);
      const start = channel * all + (from < 0 ? all + from : from);
      whole.data.set(strip.subarray(start * width, (start + count) * width), row * width);
      row += count;
    }
  }
  return whole;
}

/** Without rows above and below. */
export function withoutRows(strip: Tensor, above: number, below: number): Float32Array {
  const [, channels, height, width] = strip.shape;
  if (above + below === 0) return strip.data;
  const count = height - above - below;
  const kept = new Float32Array(channels * count * width);
  for (let channel = 0; channel < channels; channel++) {
    const start = (channel * height + above) * width;
    kept.set(strip.data.subarray(start, start + count * width), channel * count * width);
  }
  return kept;
}

/** Collects strips `[channels, rows, width]` of one picture. */
export function statisticsCollector(): {
  readonly see: (strip: Float32Array) => void;
  readonly result: () => Statistics;
} {
  const sums = new Float64Array(groups);
  const squares = new Float64Array(groups);
  let count = 0;
  return {
    see: (strip) => {
      const size = strip.length / groups;
      for (let group = 0; group < groups; group++) {
        let sum = 0;
        let square = 0;
        for (let i = group * size; i < (group + 1) * size; i++) {
          const value = strip[i];
          sum += value;
          square += value * value;
        }
        sums[group] += sum;
        squares[group] += square;
      }
      count += size;
    },
    result: () => {
      const means = sums.map((sum) => sum / count);
      return { means, variances: squares.map((square, i) => Math.max(0, square / count - means[i] ** 2)) };
    },
  };
}
