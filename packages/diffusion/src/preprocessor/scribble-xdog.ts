import { blurFloats } from '../image/opencv/gaussian.ts';
import { atResolution } from './at-resolution.ts';
import { mapOf } from './grey.ts';
import { resolution } from './preprocessor.ts';
import type { Preprocessor } from './preprocessor.ts';

/**
 * Lines like those of a quick drawing: where a fine blur is darker than a coarse one.
 * Winnemöller et al.: "XDoG: an eXtended difference-of-Gaussians compendium" (2012).
 */
export const scribbleXdog: Preprocessor = {
  name: 'scribble_xdog',
  tags: ['Scribble', 'SparseCtrl'],
  priority: 0,
  resolution,
  thresholds: [{ label: 'XDoG Threshold', minimum: 1, maximum: 64, step: 0.01, value: 32 }],
  apply: (image, settings) =>
    atResolution(image, settings.resolution, (seen) => {
      const values = Float32Array.from(seen.data);
      const [fine, coarse] = [0.5, 5].map((sigma) => blurFloats(values, seen, sigma));
      return mapOf(seen, (_red, _green, _blue, pixel) => {
        const darker = [0, 1, 2].map((c) => Math.fround(coarse[3 * pixel + c] - fine[3 * pixel + c]));
        const light = Math.trunc(Math.min(255, Math.max(0, 255 - Math.min(...darker))));
        // The extension doubles in a byte, which starts again at 0 after 255.
        return ((2 * (255 - light)) & 255) > settings.thresholdA;
      });
    }),
};
