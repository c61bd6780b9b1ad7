import { stableDiffusionFactors } from './preview-factors.ts';
import { clipPrefixIn } from '../clip/config.ts';
import type { Family } from './family.ts';
import { clip } from './parts.ts';

/** Stable Diffusion 1 (Rombach et al. 2021): CLIP-L, each layer through the final normalisation. */
export const sd1: Family = {
  architecture: 'sd1',
  textEncoders: [
    {
      ...clip,
      prefixIn: clipPrefixIn,
      heedsClipSkip: 'always',
      outputAt: (clipSkip = 1) => `layer${clipSkip}`,
      embedding: 'text',
      isPooled: false,
    },
  ],
  latentScale: 0.18215,
  alignedFor: 'sd1',
  prediction: 'epsilon',
  preview: stableDiffusionFactors,
  tinyDecoder: 'taesd_decoder',
};
