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
      outputAt: (clipSkip) => `layer${clipSkip}`,
      clipSkips: ({ layers }) => layers,
      isPooled: false,
    },
  ],
  latentScale: 0.18215,
  alignedFor: 'sd1',
};
