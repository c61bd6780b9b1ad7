import { blurFloats } from '../image/opencv/gaussian.ts';
import { atResolution } from './at-resolution.ts';
import { fromGrey } from './grey.ts';
import type { Preprocessor } from './preprocessor.ts';

/** Soft lines: how much darker a pixel is than what surrounds it, measured by the picture's own typical line. */
export const lineartStandard: Preprocessor = {
  name: 'lineart_standard',
  label: 'lineart_standard (from white bg & black line)',
  tags: ['Lineart'],
  priority: 100,
  thresholds: [],
  apply: (image, settings) =>
    atResolution(image, settings.resolution, ({ width, height, data }) => {
      const around = blurFloats(Float32Array.from(data), { width, height }, 6);
      const depth = Float32Array.from({ length: width * height }, (_, i) => {
        const darker = [0, 1, 2].map((c) => Math.fround(around[3 * i + c] - data[3 * i + c]));
        return Math.min(255, Math.max(0, Math.min(...darker)));
      });
      const usual = Math.max(16, medianOf(depth.filter((value) => value > 8)));
      const lines = Uint8Array.from(depth, (value) =>
        Math.min(255, Math.fround(Math.fround(value / Math.fround(usual)) * 127)),
      );
      return fromGrey({ width, height, data: lines });
    }),
};

/** 0 of nothing. */
function medianOf(values: Float32Array): number {
  const sorted = values.toSorted();
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle] : Math.fround((sorted[middle - 1] + sorted[middle]) / 2);
}
