import { canny as edgesOf } from '../image/opencv/canny.ts';
import { atResolution } from './at-resolution.ts';
import { fromGrey } from './grey.ts';
import { resolution } from './preprocessor.ts';
import type { Preprocessor } from './preprocessor.ts';

const threshold = { minimum: 1, maximum: 255, step: 1 };

/** Edges, white on black. */
export const canny: Preprocessor = {
  name: 'canny',
  tags: ['Canny'],
  priority: 100,
  resolution,
  thresholds: [
    { ...threshold, label: 'Low Threshold', value: 100 },
    { ...threshold, label: 'High Threshold', value: 200 },
  ],
  softensLargePass: true,
  apply: (image, settings) =>
    atResolution(image, settings.resolution, (seen) =>
      fromGrey(edgesOf(seen, Math.trunc(settings.thresholdA), Math.trunc(settings.thresholdB))),
    ),
};
