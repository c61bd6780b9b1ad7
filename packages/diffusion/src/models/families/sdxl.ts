import type { Family } from './family.ts';
import { alwaysAt, clip, openClip } from './parts.ts';

/** Stable Diffusion XL (Podell et al. 2023): CLIP-L and OpenCLIP-bigG, both without the last layer. */
export const sdxl: Family = {
  architecture: 'sdxl',
  textEncoders: [
    {
      ...clip,
      prefixIn: () => 'conditioner.embedders.0.transformer.text_model',
      ...alwaysAt('hidden2'),
      isPooled: false,
    },
    {
      ...openClip,
      prefixIn: () => 'conditioner.embedders.1.model',
      ...alwaysAt('hidden2'),
      isPooled: true,
    },
  ],
  latentScale: 0.13025,
  alignedFor: 'sdxl',
};
