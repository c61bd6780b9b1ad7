/** An engine that takes no time: what is left of a request is what the program adds. */
import type { GenerationEvent, Model } from '@bottega/diffusion';
import type { Engine } from '@bottega/server';
import { photograph } from './photograph.ts';

const dispose = async (): Promise<void> => {};
const info = {
  name: 'instant',
  architecture: 'sd1',
  title: 'Instant',
  precision: 'f16',
  parameters: 0,
  bytes: 0,
  latentFactor: 8,
} as const;

/** Made before anything is measured. */
const picture = photograph(512, 512);

async function* draw(seed: number): AsyncGenerator<GenerationEvent> {
  const { width, height } = picture;
  const data = Uint8Array.from(picture.data);
  // No two pictures have the same bytes.
  new DataView(data.buffer).setUint32(0, seed);
  yield { type: 'started', seeds: [seed], width, height, steps: 1, pictures: 1 };
  const infotext = `a bench\nSteps: 1, Sampler: Euler, Seed: ${seed}, Size: ${width}x${height}`;
  yield { type: 'picture', index: 0, seed, subseed: 0, image: { width, height, data }, infotext };
  yield { type: 'done', seconds: 0 };
}

export const engine: Engine = {
  loadModel: async (path): Promise<Model> => ({
    info: { ...info, path },
    card: {},
    dispose,
    [Symbol.asyncDispose]: dispose,
  }),
  loadControlNet: async (path) => ({ path, title: 'instant', dispose, [Symbol.asyncDispose]: dispose }),
  textToImage: (_model, { seed = 0 }) => draw(seed),
  imageToImage: (_model, { seed = 0 }) => draw(seed),
};
