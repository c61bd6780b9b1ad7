/**
 * An engine for tests of everything around it: it draws one colour per seed (from a picture: the seed in red, green
 * and blue of the picture's first pixel), as fast as it is told to, and fails on demand. The prompt is its script: "slow" takes 50 ms a step, "crash" kills the process, "mistake" fails
 * where nobody waits for it, "nan" fails, "disk" fails as a full disk does as long as there is a file beside the
 * model's with the ending `.full`.
 */
import { existsSync } from 'node:fs';
import { parse } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EngineError,
  type GenerationEvent,
  type ImageToImageRequest,
  type Model,
  type TextToImageRequest,
} from '@bottega/diffusion';
import type { Engine } from '@bottega/server';

async function* draw(
  model: Model,
  request: TextToImageRequest & Partial<Pick<ImageToImageRequest, 'images'>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerationEvent> {
  const { prompt, width = 64, height = 64, steps = 4, batchSize = 1, batchCount = 1, seed = 0 } = request;
  const pictures = batchSize * batchCount;
  const seeds = Array.from({ length: pictures }, (_, index) => seed + index);
  const all = steps * batchCount;
  yield { type: 'started', seeds, width, height, steps: all, pictures };
  for (let step = 1; step <= all; step++) {
    if (prompt.includes('slow')) await delay(50);
    if (signal?.aborted === true) throw new EngineError('generation.cancelled');
    if (prompt.includes('crash')) process.kill(process.pid, 'SIGKILL');
    if (prompt.includes('mistake')) void Promise.reject(new Error('nobody waits for me'));
    if (prompt.includes('nan')) throw new EngineError('model.not-finite', { step });
    if (prompt.includes('disk') && existsSync(`${model.info.path}.full`)) {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    }
    const preview = solid(8, 8, seed);
    yield {
      type: 'step',
      step,
      steps: all,
      fraction: step / all,
      secondsRemaining: (all - step) / 20,
      preview,
    };
    if (step % steps !== 0) continue;
    for (let index = (step / steps - 1) * batchSize; index < (step / steps) * batchSize; index++) {
      yield {
        type: 'picture',
        index,
        seed: seeds[index],
        subseed: 0,
        image: solid(width, height, colourOf(seeds[index], request.images)),
        infotext: `${prompt}\n${followed(request)}Steps: ${steps}, Sampler: ${request.sampler}, CFG scale: 7.0, Seed: ${seeds[index]}, Size: ${width}x${height}, Model: ${model.info.name}`,
      };
    }
  }
  yield { type: 'done', seconds: 0 };
}

/** What its ControlNets follow: titles, weights, and the sizes and first pixels of their pictures. */
function followed({ controls = [] }: TextToImageRequest): string {
  return controls
    .map(({ model, weight, image }, i) => {
      const seen =
        image === undefined
          ? 'its own'
          : `${image.width}x${image.height} #${image.data.slice(0, 3).join('-')}`;
      return `Control ${i}: ${model.title} ${weight} on ${seen}; `;
    })
    .join('');
}

function colourOf(seed: number, images: ImageToImageRequest['images'] | undefined): number {
  const [, green, blue] = images?.[0].data ?? [];
  return images === undefined ? seed : (seed & 255) | (green << 8) | (blue << 16);
}

/** @param colour red in the lowest byte. */
function solid(width: number, height: number, colour: number) {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3)
    data.set([colour & 255, (colour >> 8) & 255, (colour >> 16) & 255], i);
  return { width, height, data };
}

export const engine: Engine = {
  loadModel: async (path) => {
    const dispose = async (): Promise<void> => void path;
    const info = {
      path,
      name: parse(path).name,
      architecture: 'sd1',
      title: 'Fake',
      precision: 'f16',
      parameters: 0,
      bytes: 0,
      latentFactor: 8,
    } as const;
    return { info, card: {}, dispose, [Symbol.asyncDispose]: dispose };
  },
  loadControlNet: async (path) => {
    const dispose = async (): Promise<void> => void path;
    return { path, title: parse(path).name, dispose, [Symbol.asyncDispose]: dispose };
  },
  textToImage: (model, request, options) => draw(model, request, options?.signal),
  imageToImage: (model, request, options) => draw(model, request, options?.signal),
};
