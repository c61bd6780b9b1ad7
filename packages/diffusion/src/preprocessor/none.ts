import type { Preprocessor } from './preprocessor.ts';

/** The picture is a map already. */
export const none: Preprocessor = {
  name: 'none',
  tags: ['InstructP2P'],
  priority: 10,
  thresholds: [],
  apply: (image) => image,
};
