import type { Preprocessor } from './preprocessor.ts';

const variation = { label: 'Variation', minimum: 3, maximum: 32, step: 1, value: 8 };

/** The picture as it is; what is drawn keeps its colours, wherever these are wider than `Variation` latents. */
export const tileColorfix: Preprocessor = {
  name: 'tile_colorfix',
  tags: ['Tile'],
  priority: 0,
  thresholds: [variation],
  keepsColours: ({ thresholdA }) => ({ radius: Math.trunc(thresholdA), sharpness: 0 }),
  apply: (image) => image,
};

/** The same, with details that guidance makes sharper. */
export const tileColorfixSharp: Preprocessor = {
  ...tileColorfix,
  name: 'tile_colorfix+sharp',
  thresholds: [variation, { label: 'Sharpness', minimum: 0, maximum: 2, step: 0.01, value: 1 }],
  keepsColours: ({ thresholdA, thresholdB }) => ({ radius: Math.trunc(thresholdA), sharpness: thresholdB }),
};
