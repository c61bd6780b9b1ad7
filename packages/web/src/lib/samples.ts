/** Sample data for the tests of the page's pure modules. */
import type { Choices, Generation, ModelInfo, Picture } from '@bottega/contract';

export function sampleModel(name: string, changed: Partial<ModelInfo> = {}): ModelInfo {
  return {
    name,
    title: `${name}.safetensors [0123456789]`,
    fileName: `${name}.safetensors`,
    architecture: 'sd1',
    description: 'Stable Diffusion 1',
    precision: 'f16',
    parameters: 1_000_000,
    bytes: 2_000_000,
    sha256: '0123456789abcdef'.repeat(4),
    isDefault: false,
    defaults: {
      steps: 20,
      cfgScale: 7,
      sampler: 'DPM++ 2M',
      scheduler: 'Automatic',
      width: 512,
      height: 512,
    },
    ...changed,
  };
}

export const sampleChoices: Choices = {
  samplers: [
    { name: 'DPM++ 2M', aliases: ['k_dpmpp_2m'] },
    { name: 'Euler a', aliases: ['k_euler_a', 'k_euler_ancestral'] },
  ],
  schedulers: [
    { name: 'automatic', label: 'Automatic' },
    { name: 'sgm_uniform', label: 'SGM Uniform' },
  ],
};

export function samplePicture(id: string, changed: Partial<Picture> = {}): Picture {
  return {
    id,
    generationId: 'g1',
    index: 0,
    url: `/media/${id}.png`,
    thumbnailUrl: `/media/${id}.webp`,
    width: 64,
    height: 64,
    seed: 7,
    prompt: 'an apple',
    negativePrompt: '',
    model: 'tiny',
    infotext: 'an apple\nSteps: 4, Seed: 7',
    createdAt: '2026-01-01T00:00:00.000Z',
    ...changed,
  };
}

export function sampleGeneration(id: string, changed: Partial<Generation> = {}): Generation {
  return {
    id,
    state: 'queued',
    recipe: { prompt: 'an apple', negativePrompt: '', seed: 7, batchSize: 1, batchCount: 1 },
    model: 'tiny',
    createdAt: '2026-01-01T00:00:00.000Z',
    pictures: [],
    ...changed,
  };
}
