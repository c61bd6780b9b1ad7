import type { Family } from './family.ts';
import { alwaysAt, openClip } from './parts.ts';

/** Stable Diffusion 2: OpenCLIP-H, whose last layer but one is read always; A1111 heeds no clip skip. */
export const sd2: Family = {
  architecture: 'sd2',
  textEncoders: [
    { ...openClip, prefixIn: () => 'cond_stage_model.model', ...alwaysAt('layer2'), isPooled: false },
  ],
  latentScale: 0.18215,
  alignedFor: 'sd1',
};
