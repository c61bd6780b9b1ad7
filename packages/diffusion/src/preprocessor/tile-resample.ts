import { resizeLikeOpenCv } from '../image/opencv/resize.ts';
import type { Preprocessor } from './preprocessor.ts';

/** The picture made smaller, for ControlNets that add details to it. */
export const tileResample: Preprocessor = {
  name: 'tile_resample',
  tags: ['Tile'],
  priority: 100,
  thresholds: [{ label: 'Down Sampling Rate', minimum: 1, maximum: 8, step: 0.01, value: 1 }],
  apply: (image, { thresholdA: rate }) => {
    // As the extension: what is hardly smaller stays as it is.
    if (rate < 1.1) return image;
    const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.floor(side / rate)));
    return resizeLikeOpenCv(image, width, height, 'area');
  },
};
