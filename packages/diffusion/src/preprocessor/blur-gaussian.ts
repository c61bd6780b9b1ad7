import { blurBytes } from '../image/opencv/gaussian.ts';
import { atResolution } from './at-resolution.ts';
import { resolution } from './preprocessor.ts';
import type { Preprocessor } from './preprocessor.ts';

/** The picture without its details. */
export const blurGaussian: Preprocessor = {
  name: 'blur_gaussian',
  tags: ['Tile'],
  priority: 0,
  resolution,
  thresholds: [{ label: 'Sigma', minimum: 0.01, maximum: 64, step: 0.01, value: 9 }],
  apply: (image, settings) => blurBytes(atResolution(image, settings.resolution), settings.thresholdA),
};
