import { atResolution } from './at-resolution.ts';
import { mapOf } from './grey.ts';
import { resolution } from './preprocessor.ts';
import type { Preprocessor } from './preprocessor.ts';

/** White where all channels are bright. */
export const threshold: Preprocessor = {
  name: 'threshold',
  tags: [],
  priority: 0,
  resolution,
  thresholds: [{ label: 'Binarization Threshold', minimum: 0, maximum: 255, step: 0.01, value: 127 }],
  apply: (image, settings) =>
    atResolution(image, settings.resolution, (seen) =>
      mapOf(seen, (red, green, blue) => Math.min(red, green, blue) > settings.thresholdA),
    ),
};
