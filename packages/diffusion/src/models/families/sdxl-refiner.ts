import type { Family } from './family.ts';
import { alwaysAt, openClip } from './parts.ts';

/** The refiner of Stable Diffusion XL, for the last of the noise: OpenCLIP-bigG alone. */
export const sdxlRefiner: Family = {
  architecture: 'sdxl-refiner',
  textEncoders: [
    {
      ...openClip,
      prefixIn: () => 'conditioner.embedders.0.model',
      ...alwaysAt('hidden2'),
      isPooled: true,
    },
  ],
  latentScale: 0.13025,
  alignedFor: 'sdxl',
};
