import { stableDiffusionFactors } from './preview-factors.ts';
import type { Family } from './family.ts';
import { openClip } from './parts.ts';

/** Stable Diffusion 2: OpenCLIP-H, whose last layer but one is read always; A1111 heeds no clip skip. */
export const sd2: Family = {
  architecture: 'sd2',
  textEncoders: [
    {
      ...openClip,
      prefixIn: () => 'cond_stage_model.model',
      heedsClipSkip: 'never',
      outputAt: () => 'layer2',
      embedding: 'text',
      isPooled: false,
    },
  ],
  latentScale: 0.18215,
  alignedFor: 'sd1',
  prediction: 'probe',
  preview: stableDiffusionFactors,
  tinyDecoder: 'taesd_decoder',
};
