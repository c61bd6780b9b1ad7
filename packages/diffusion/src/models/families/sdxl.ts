import { sdxlFactors } from './preview-factors.ts';
import type { Family } from './family.ts';
import { clip, openClip } from './parts.ts';

/** Stable Diffusion XL (Podell et al. 2023): CLIP-L and OpenCLIP-bigG, both without the last layer. */
export const sdxl: Family = {
  architecture: 'sdxl',
  textEncoders: [
    {
      ...clip,
      prefixIn: () => 'conditioner.embedders.0.transformer.text_model',
      heedsClipSkip: 'if asked',
      outputAt: (clipSkip = 2) => `hidden${clipSkip}`,
      embedding: 'clip_l',
      isPooled: false,
    },
    {
      ...openClip,
      prefixIn: () => 'conditioner.embedders.1.model',
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
  told: ({ height, width, cropTop, cropLeft }) => [height, width, cropTop, cropLeft, height, width],
};
