import { loadModel, textToImage } from '@bottega/diffusion';
import { decoderIntegers } from '../../packages/diffusion/src/int8/plan.ts';
import type { Request } from './measure.ts';
import { peakBytes } from './measurement.ts';

type Wanted = Extract<Request, { readonly task: 'picture' }>;

/** Whole pictures: words in, pixels out. */
export type PictureMeasurement = { readonly seconds: readonly number[]; readonly peak: number };

/** The first pictures, of a few steps, are not measured: they open what is opened once, and int8 watches floats in them. */
export async function measurePicture({ file, mode, runs, side, steps, folder }: Wanted) {
  await using model = await loadModel(file, { mode, int8Folder: folder, scratchFolder: folder });
  const draw = async (count: number): Promise<void> => {
    const size = { width: 8 * side, height: 8 * side };
    const request = {
      prompt: 'a red apple',
      negativePrompt: 'blurry',
      steps: count,
      cfgScale: 7,
      seed: 1,
      ...size,
    };
    const finished = [];
    for await (const event of textToImage(model, { ...request, sampler: 'Euler' })) {
      if (event.type === 'picture') finished.push(event.image);
    }
    if (finished.length !== 1) throw new Error('no picture was drawn');
  };
  for (let run = 0; run < decoderIntegers.watchedRuns; run++) await draw(4);
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await draw(steps);
    seconds.push((performance.now() - start) / 1000);
  }
  return { seconds, peak: peakBytes() } satisfies PictureMeasurement;
}
