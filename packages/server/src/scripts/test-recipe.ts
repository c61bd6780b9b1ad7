import type { OpenRecipe } from './script.ts';

/** What tests of scripts change. */
export const plainRecipe: OpenRecipe = {
  prompt: '',
  negativePrompt: '',
  model: 'tiny',
  sampler: 'Euler',
  scheduler: 'Automatic',
  steps: 20,
  width: 64,
  height: 64,
  cfgScale: 7,
  seed: 5,
  batchSize: 1,
  batchCount: 1,
};
