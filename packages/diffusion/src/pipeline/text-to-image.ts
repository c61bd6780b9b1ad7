import type { GenerationEvent, Model, RunOptions, TextToImageRequest } from '../api.ts';
import { rowOf } from '../denoiser/rows.ts';
import { sample } from '../sampler/sample.ts';
import { tensor } from '../tensor.ts';
import { availableMemory } from './available-memory.ts';
import { conditioningOf } from './conditioning.ts';
import { told } from './event-channel.ts';
import { finishPicture, resizing } from './finish-picture.ts';
import { guarded } from './guarded.ts';
import { partsOf } from './load-model.ts';
import { pictureInfotext } from './picture-infotext.ts';
import { pictureNoise } from './picture-noise.ts';
import { isLarger, isSame } from './picture-size.ts';
import { prepareJob } from './prepare-job.ts';
import type { Job } from './prepare-job.ts';
import { previewOf } from './preview.ts';
import { workClock } from './remaining-time.ts';

/**
 * Draws pictures from words: tells of each step and each picture as they are done. Nothing happens until the first
 * event is asked for; leaving the loop early, or aborting the signal, ends the drawing before its next evaluation.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown' before anything is drawn;
 *   'model.not-finite', 'runtime.failed', 'generation.cancelled' on the way.
 * @example
 *   for await (const event of textToImage(model, { prompt: 'a red apple', seed: 7 })) {
 *     if (event.type === 'picture') await writeFile('apple.png', encodePng(event.image, event.infotext));
 *   }
 */
export async function* textToImage(
  model: Model,
  request: TextToImageRequest,
  options: RunOptions = {},
): AsyncGenerator<GenerationEvent, void, void> {
  const job = prepareJob(model, partsOf(model), request, options.memoryLimit ?? availableMemory());
  yield* told((tell, signal) => draw(job, model, options, tell, signal), options.signal);
}

/** Draws the batches of a job one after the other. */
async function draw(
  job: Job,
  model: Model,
  { previewEvery = 0, version }: RunOptions,
  tell: (event: GenerationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { request, sampler, scheduler } = job;
  const { batchSize, batchCount, pictures, size, drawn } = request;
  const { networks, family, vae, ...parts } = partsOf(model);
  const began = performance.now();
  const steps = job.steps * batchCount;
  const seeds = pictures.map(({ seed }) => seed);
  tell({ type: 'started', seeds, ...size, steps, pictures: pictures.length, warnings: job.warnings });

  let step = 0;
  const network = guarded(networks.network, signal, () => step + 1);
  const decode = guarded(parts.decode, signal, () => step);
  const encode = guarded(networks.textEncoder, signal, () => step);
  const conditioning = await conditioningOf(job.prompts, encode, request.emphasis, request.clipSkip);
  const factors = previewEvery > 0 ? await parts.previewFactors() : undefined;
  const upscaler = isLarger(size, drawn) ? await parts.upscaler() : undefined;
  const enlarger = isSame(size, drawn) ? undefined : (upscaler?.title ?? resizing);

  const clock = workClock({
    step: { count: steps, weight: batchSize },
    picture: { count: pictures.length, weight: 1 },
  });
  for (let first = 0; first < pictures.length; first += batchSize) {
    const before = (first / batchSize) * job.steps;
    const { latents, extras } = await sample({
      sampler,
      scheduler,
      steps: request.steps,
      options: job.options,
      model: { ...family.noise, network },
      conditioning: conditioning(batchSize),
      scale: request.cfgScale,
      noise: pictureNoise(request, first, model.info.latentFactor),
      signal,
      onStep: ({ index, denoised }) => {
        step = before + Math.min(index + 1, job.steps);
        const isSeen = factors !== undefined && (index + 1) % previewEvery === 0;
        const preview = isSeen ? previewOf(rowOf(denoised, 0), factors) : undefined;
        tell({ type: 'step', step, steps, ...clock.done('step'), ...(preview && { preview }) });
      },
    });
    const recorded = { request, info: model.info, vae, sampler, scheduler, extras, enlarger, version };
    for (let row = 0; row < batchSize; row++) {
      const { shape, data } = rowOf(latents, row);
      const image = await finishPicture(tensor([1, ...shape], data), decode, size, upscaler, step);
      clock.done('picture');
      const infotext = pictureInfotext(recorded, first + row);
      tell({ type: 'picture', index: first + row, ...pictures[first + row], image, infotext });
    }
  }
  tell({ type: 'done', seconds: (performance.now() - began) / 1000 });
}
