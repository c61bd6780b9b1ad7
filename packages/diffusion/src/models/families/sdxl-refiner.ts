import { sdxlFactors } from './preview-factors.ts';
import type { Family } from './family.ts';
import { openClip } from './parts.ts';

/** The refiner of Stable Diffusion XL, for the last of the noise: OpenCLIP-bigG alone. */
export const sdxlRefiner: Family = {
  architecture: 'sdxl-refiner',
  textEncoders: [
    {
      ...openClip,
      prefixIn: () => 'conditioner.embedders.0.model',
      heedsClipSkip: 'never',
      outputAt: () => 'hidden2',
      embedding: 'clip_g',
      isPooled: true,
    },
  ],
  latentScale: 0.13025,
  alignedFor: 'sdxl',
  prediction: 'epsilon',
  preview: sdxlFactors,
  tinyDecoder: 'taesdxl_decoder',
  told: ({ height, width, cropTop, cropLeft, aestheticScore }) => [
    height,
    width,
    cropTop,
    cropLeft,
    aestheticScore,
  ],
};
