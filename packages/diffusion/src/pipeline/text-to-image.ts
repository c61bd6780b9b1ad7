import type { GenerationEvent, Model, RunOptions, TextToImageRequest } from '../api.ts';
import type { Decoder, Network } from '../denoiser/network.ts';
import { rowOf } from '../denoiser/rows.ts';
import { EngineError } from '../errors.ts';
import { brownianNoise } from '../random/brownian-noise.ts';
import { imageNoise } from '../random/image-noise.ts';
import type { LatentShape } from '../random/image-noise.ts';
import type { Noise } from '../sampler/plan.ts';
import { sample } from '../sampler/sample.ts';
import { tensor } from '../tensor.ts';
import { pause } from './cancellation.ts';
import { conditioningOf } from './conditioning.ts';
import { told } from './event-channel.ts';
import { finishPicture, resizing } from './finish-picture.ts';
import { partsOf } from './load-model.ts';
import type { LoadedModel } from './load-model.ts';
import { pictureInfotext } from './picture-infotext.ts';
import type { Size } from './picture-size.ts';
import { prepareJob } from './prepare-job.ts';
import type { Job } from './prepare-job.ts';
import { previewOf } from './preview.ts';
import { workClock } from './remaining-time.ts';
import type { ResolvedRequest } from './resolve-request.ts';

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
  const parts = partsOf(model);
  const job = prepareJob(model, parts, request, options.memoryLimit ?? process.availableMemory());
  yield* told((tell, signal) => draw(job, model, parts, options, tell, signal), options.signal);
}

async function draw(
  { request, sampler, scheduler, options: samplerOptions, prompts, steps, warnings }: Job,
  { info }: Model,
  parts: LoadedModel,
  { previewEvery = 0, version }: RunOptions,
  tell: (event: GenerationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const { batchSize, batchCount, pictures, size, drawn } = request;
  const allSteps = steps * batchCount;
  tell({
    type: 'started',
    seeds: pictures.map(({ seed }) => seed),
    ...size,
    steps: allSteps,
    pictures: pictures.length,
    warnings,
  });
  let step = 0;
  const watched = <Run extends Network | Decoder>(run: Run): Run => watch(run, signal, () => step + 1);
  const decode = watched(parts.decode);

  await pause(signal);
  const conditioning = await conditioningOf(
    prompts,
    async (tokens, layer) => {
      await pause(signal);
      return await parts.networks.textEncoder(tokens, layer);
    },
    request.emphasis,
    request.clipSkip,
  );
  const factors = previewEvery > 0 ? await parts.previewFactors() : undefined;
  const upscaler = isLarger(size, drawn) ? await parts.upscaler() : undefined;
  const clock = workClock({
    step: { count: allSteps, weight: batchSize },
    picture: { count: pictures.length, weight: 1 },
  });
  const isResized = size.width !== drawn.width || size.height !== drawn.height;

  for (let batch = 0; batch < batchCount; batch++) {
    const first = batch * batchSize;
    const { latents, extras } = await sample({
      sampler,
      scheduler,
      steps: request.steps,
      options: samplerOptions,
      model: { ...parts.family.noise, network: watched(parts.networks.network) },
      conditioning: conditioning(batchSize),
      scale: request.cfgScale,
      noise: noiseOf(request, first, info.latentFactor),
      signal,
      onStep: ({ index, denoised }) => {
        step = Math.min(batch * steps + index + 1, allSteps);
        const preview = factors && (index + 1) % previewEvery === 0;
        tell({
          type: 'step',
          step,
          steps: allSteps,
          ...clock.done('step'),
          ...(preview && { preview: previewOf(rowOf(denoised, 0), factors) }),
        });
      },
    });
    for (let row = 0; row < batchSize; row++) {
      const { shape, data } = rowOf(latents, row);
      const image = await finishPicture(tensor([1, ...shape], data), decode, size, upscaler, step);
      clock.done('picture');
      const recorded = {
        request,
        info,
        vae: parts.vae,
        sampler,
        scheduler,
        extras,
        upscaler: upscaler?.title ?? (isResized ? resizing : undefined),
        version,
      };
      const index = first + row;
      tell({ type: 'picture', index, ...pictures[index], image, infotext: pictureInfotext(recorded, index) });
    }
  }
  tell({ type: 'done', seconds: (performance.now() - began) / 1000 });
}

function isLarger(size: Size, drawn: Size): boolean {
  return size.width > drawn.width || size.height > drawn.height;
}

/** A network that gives way before each run and says at which step its numbers failed. */
function watch<Run extends Network | Decoder>(run: Run, signal: AbortSignal, step: () => number): Run {
  const watched = async (input: never): Promise<unknown> => {
    await pause(signal);
    try {
      return await (run as (input: never) => Promise<unknown>)(input);
    } catch (error) {
      const isNumber = error instanceof EngineError && error.code === 'model.not-finite';
      throw isNumber ? new EngineError('model.not-finite', { step: step() }, { cause: error }) : error;
    }
  };
  return watched as Run;
}

/** The noise of a batch that begins with picture `first`. */
function noiseOf(request: ResolvedRequest, first: number, latentFactor: number): Noise {
  const { drawn, batchSize, randomSource: source, seedResizeFrom, subseedStrength } = request;
  const batch = request.pictures.slice(first, first + batchSize);
  const shape: LatentShape = [4, drawn.height / latentFactor, drawn.width / latentFactor];
  const seeds = batch.map(({ seed }) => seed);
  return {
    next: imageNoise({
      source,
      shape,
      seeds,
      subseeds: batch.map(({ subseed }) => subseed),
      subseedStrength,
      resizeFrom: seedResizeFrom && {
        width: Math.floor(seedResizeFrom.width / latentFactor),
        height: Math.floor(seedResizeFrom.height / latentFactor),
      },
      etaNoiseSeedDelta: request.etaNoiseSeedDelta,
    }),
    brownian: (sigmaMin, sigmaMax) => brownianNoise({ source, shape, seeds, sigmaMin, sigmaMax }),
  };
}
