import type { GenerationEvent, Model, RunOptions } from '../api.ts';
import { rowOf } from '../denoiser/rows.ts';
import { sample } from '../sampler/sample.ts';
import { tensor } from '../tensor.ts';
import { useAdapters } from './adapters/use-adapters.ts';
import { useEmbeddings } from './adapters/use-embeddings.ts';
import { controlParameters } from './control/control-parameters.ts';
import { controlled } from './control/controlled.ts';
import { finishPicture, resizing } from './finish-picture.ts';
import { guarded } from './guarded.ts';
import { imageConditionOf, imageScaleOf, maskWeightOf } from './image-condition/image-condition.ts';
import { partsOf } from './load-model.ts';
import { noiseExtras } from './model-noise.ts';
import { pictureInfotext } from './picture-infotext.ts';
import { pictureNoise } from './picture-noise.ts';
import { isLarger, isSame } from './picture-size.ts';
import { pictureLatents } from './picture/picture-latents.ts';
import type { Job } from './prepare-job.ts';
import { previewOf } from './preview.ts';
import { refinerFor } from './refiner.ts';
import { workClock } from './remaining-time.ts';
import { steeringOf } from './steering.ts';
import type { Guard } from './steering.ts';

/**
 * Draws the batches of a job one after the other and tells of each step and picture.
 * @throws EngineError 'model.not-finite', 'runtime.failed', 'generation.cancelled', and `checkpoint.*` where the file
 *   lacks a network that is needed only now.
 */
export async function draw(
  job: Job,
  model: Model,
  { previewEvery = 0, version, adapters }: RunOptions,
  tell: (event: GenerationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { request, sampler, scheduler, start, refiner } = job;
  const { batchSize, batchCount, pictures, size, drawn } = request;
  const { networks, training, vae, ...parts } = partsOf(model);
  const adapted = await useAdapters(networks, job.asked, adapters);
  const { embeddings = [] } = adapters ?? {};
  const words = await useEmbeddings(networks, embeddings, job.plan);
  const { latentFactor } = model.info;
  const began = performance.now();
  const steps = job.steps * batchCount;
  const seeds = pictures.map(({ seed }) => seed);
  const finished = start?.canvas.size ?? size;
  const warnings = [...job.warnings, ...adapted.warnings, ...words.warnings];
  tell({ type: 'started', seeds, ...finished, steps, pictures: pictures.length, warnings });

  let step = 0;
  // The index of the last step told of a batch, which A1111 goes by to begin and end ControlNets.
  let told = 0;
  const guard: Guard = (run, ahead = 0) => guarded(run, signal, () => step + ahead);
  const decode = guard(parts.decode);
  const refinerDecode = refiner && guard(refiner.parts.decode);
  const steering = await steeringOf(partsOf(model), adapted.networks, words, job, guard);
  const heard = controlled(steering.network, {
    controls: job.controls,
    size: { width: drawn.width / latentFactor, height: drawn.height / latentFactor },
    progress: () => told / job.steps,
  });
  const latentsLike = { ...networks.family, latentFactor };
  const startOf = start && (await pictureLatents(start, request, guard(networks.encoder), latentsLike));
  const imageCondition = await imageConditionOf(networks, job, guard(networks.encoder));
  const factors = previewEvery > 0 ? await parts.previewFactors() : undefined;
  const upscaler = isLarger(size, drawn) ? await parts.upscaler() : undefined;
  const enlarger = isSame(size, drawn) ? undefined : (upscaler?.title ?? resizing);

  const clock = workClock({
    step: { count: steps, weight: batchSize },
    picture: { count: pictures.length, weight: 1 },
  });
  for (let first = 0; first < pictures.length; first += batchSize) {
    const before = (first / batchSize) * job.steps;
    told = 0;
    const sampled = await sample({
      sampler,
      scheduler,
      steps: request.steps,
      options: job.options,
      model: { ...job.noise, network: guard(heard, 1) },
      conditioning: steering.conditioning(batchSize),
      scale: request.cfgScale,
      imageScale: imageScaleOf(networks, job),
      imageCondition,
      noise: pictureNoise(request, first, latentFactor),
      picture: startOf?.(first),
      refiner: refiner && refinerFor(refiner, job, embeddings, guard),
      signal,
      onStep: ({ index, denoised }) => {
        step = before + Math.min(index + 1, job.steps);
        told = Math.min(index, job.steps);
        const isSeen = factors !== undefined && (index + 1) % previewEvery === 0;
        const preview = isSeen ? previewOf(rowOf(denoised, 0), factors) : undefined;
        tell({ type: 'step', step, steps, ...clock.done('step'), ...(preview && { preview }) });
      },
    });
    const { latents } = sampled;
    const decoder = sampled.isRefined && refinerDecode ? refinerDecode : decode;
    const extras = { ...noiseExtras(training, job.modelOptions), ...sampled.extras };
    const parameters = [...controlParameters(job.controls), ...adapted.parameters, ...words.parameters];
    const drawing = { request, start, info: model.info, vae, parameters, sampler, scheduler };
    const conditionalMaskWeight = maskWeightOf(networks, job);
    const recorded = { ...drawing, conditionalMaskWeight, extras, enlarger, version };
    for (let row = 0; row < batchSize; row++) {
      const { shape, data } = rowOf(latents, row);
      const own = await finishPicture(tensor([1, ...shape], data), decoder, size, upscaler, step);
      const image = start ? start.canvas.finish(own, row) : own;
      clock.done('picture');
      const infotext = pictureInfotext(recorded, first + row);
      tell({ type: 'picture', index: first + row, ...pictures[first + row], image, infotext });
    }
  }
  tell({ type: 'done', seconds: (performance.now() - began) / 1000 });
}
