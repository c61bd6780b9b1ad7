import type { GenerationEvent, Model, RunOptions } from '../api.ts';
import type { Decoder } from '../denoiser/network.ts';
import { rowOf, stackRows } from '../denoiser/rows.ts';
import { sample } from '../sampler/sample.ts';
import type { Sampled, SampleInput } from '../sampler/sample.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { listenTo } from './control/controlled.ts';
import { keepColours } from './control/keep-colours.ts';
import { finishPicture, resizing } from './finish-picture.ts';
import { guarded } from './guarded.ts';
import { enlargeFirstPass, enlargePicture } from './hires/enlarge-first-pass.ts';
import type { EnlargeParts } from './hires/enlarge-first-pass.ts';
import { hiresStepWeight } from './hires/hires-size.ts';
import { pictureUpscalers } from './hires/picture-upscaler.ts';
import type { JobHires } from './hires/prepare-hires.ts';
import { imageConditionOf, imageScaleOf, maskWeightOf } from './image-condition/image-condition.ts';
import { partsOf } from './load-model.ts';
import { noiseExtras } from './model-noise.ts';
import { openPass, wordParameters } from './open-pass.ts';
import { pictureInfotext } from './picture-infotext.ts';
import { pictureNoise } from './picture-noise.ts';
import { isLarger, isSame } from './picture-size.ts';
import { encodePicture } from './picture/encode-picture.ts';
import { finishedOf } from './picture/finished-of.ts';
import { pictureLatents } from './picture/picture-latents.ts';
import type { Job, PassJob } from './prepare-job.ts';
import { refinerFor, takesPart } from './refiner.ts';
import { workClock } from './remaining-time.ts';
import type { Guard, Steering } from './steering.ts';

/** What a pass is given beside its plan. */
type PassInput = Pick<SampleInput, 'noise' | 'picture' | 'imageCondition'> & {
  readonly kind: 'step' | 'hires';
  /** Steps of earlier passes. */
  readonly before: number;
  readonly steering: Steering;
};

/** Latents of a batch, and what makes pictures of them. */
type Drawn = { readonly sampled: Sampled; readonly decode: Decoder };

/**
 * Draws the batches of a job one after the other and tells of each step and picture.
 * @throws EngineError 'model.not-finite', 'runtime.failed', 'generation.cancelled', and `checkpoint.*` where the file
 *   lacks a network that is needed only now.
 */
export async function draw(
  job: Job,
  model: Model,
  { previewEvery = 0, version, adapters, upscalerFolders }: RunOptions,
  tell: (event: GenerationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { request, start, hires, modelOptions } = job;
  const { batchSize, batchCount, pictures } = request;
  const { networks, training, vae, ...parts } = partsOf(model, request.tiling);
  const { latentFactor } = model.info;
  const began = performance.now();
  let step = 0;
  const guard: Guard = (run, ahead = 0) => guarded(run, signal, () => step + ahead);
  const first = await openPass(model, job, adapters, guard);
  const second = hires && (await openPass(hires.model, hires.pass, adapters, guard));

  const last = hires?.pass ?? job;
  const { drawn } = last.request;
  const size = hires?.finished ?? request.size;
  const batchSteps = job.steps + (hires?.pass.steps ?? 0);
  const steps = batchSteps * batchCount;
  const seeds = pictures.map(({ seed }) => seed);
  const finished = start?.canvas.size ?? size;
  const warnings = [...new Set([...job.warnings, ...first.warnings, ...(second?.warnings ?? [])])];
  tell({ type: 'started', seeds, ...finished, steps, pictures: pictures.length, warnings });

  const firstSteering = await first.steer();
  const wordsOfSecond = modelOptions.hiresUsesFirstWords ? first.textEncoders : undefined;
  const secondSteering = await second?.steer(wordsOfSecond);
  const latentsLike = { ...networks.family, latentFactor };
  const startOf = start && (await pictureLatents(start, request, guard(networks.encoder), latentsLike));
  const firstSight =
    hires?.firstPass === undefined
      ? await imageConditionOf(networks, job, guard(networks.encoder))
      : undefined;
  const secondSight =
    hires &&
    (await imageConditionOf(
      partsOf(hires.model, request.tiling).networks,
      { request: hires.pass.request, modelOptions },
      guard(partsOf(hires.model, request.tiling).networks.encoder),
    ));
  const see = previewEvery > 0 ? (await parts.previews()).begin() : undefined;
  const upscaler = isLarger(size, drawn) ? await parts.upscaler() : undefined;
  const enlarger = isSame(size, drawn) ? undefined : (upscaler?.title ?? resizing);
  await using upscalers = pictureUpscalers(upscalerFolders);

  const clock = workClock({
    step: { count: job.steps * batchCount, weight: batchSize },
    ...(hires && {
      hires: {
        count: hires.pass.steps * batchCount,
        weight: batchSize * hiresStepWeight(request.drawn, drawn),
      },
    }),
    picture: { count: pictures.length, weight: 1 },
  });

  const firstSize = {
    width: request.drawn.width / latentFactor,
    height: request.drawn.height / latentFactor,
  };
  const listen = listenTo(job.controls, firstSize);
  const keep = keepColours(job.controls, firstSize, (image) =>
    encodePicture(image, guard(networks.encoder), networks.family.latentScale),
  );
  const run = async (
    pass: PassJob,
    { kind, before, steering, noise, picture, imageCondition }: PassInput,
  ): Promise<Sampled> => {
    // The index of the last step told of a pass, which A1111 goes by to begin and end ControlNets.
    let told = 0;
    const heard = keep(
      listen(steering.network, () => told / pass.steps),
      pass.noise,
    );
    const { refiner } = pass;
    const takes = refiner && takesPart(kind, hires !== undefined, modelOptions);
    return await sample({
      sampler: pass.sampler,
      scheduler: pass.scheduler,
      steps: pass.request.steps,
      options: pass.options,
      model: { ...pass.noise, network: guard(heard, 1) },
      conditioning: steering.conditioning(batchSize),
      scale: pass.request.cfgScale,
      imageScale: imageScaleOf(networks, job),
      imageCondition,
      noise,
      picture,
      refiner: takes ? refinerFor(refiner, pass, adapters?.embeddings ?? [], guard) : undefined,
      signal,
      onStep: ({ index, denoised }) => {
        step = before + Math.min(index + 1, pass.steps);
        told = Math.min(index, pass.steps);
        const isSeen = (index + 1) % previewEvery === 0;
        const preview = isSeen ? see?.(rowOf(denoised, 0)) : undefined;
        tell({ type: 'step', step, steps, ...clock.done(kind), ...(preview && { preview }) });
      },
    });
  };
  /** Of the model that took the last step. */
  const decoderOf = (own: Model, { refiner }: PassJob, { isRefined }: Sampled): Decoder =>
    guard((isRefined && refiner ? refiner.parts : partsOf(own, request.tiling)).decode);

  const drawFirst = async (index: number, picture: PassInput['picture']): Promise<Drawn> => {
    const sampled = await run(job, {
      kind: 'step',
      before: (index / batchSize) * batchSteps,
      steering: firstSteering,
      noise: pictureNoise(request, index, latentFactor),
      picture,
      imageCondition: firstSight,
    });
    return { sampled, decode: decoderOf(model, job, sampled) };
  };
  const drawAgain = async (
    { model: own, pass, start: picture }: JobHires,
    steering: Steering,
    index: number,
    latents: Tensor,
  ): Promise<Drawn> => {
    const sampled = await run(pass, {
      kind: 'hires',
      before: (index / batchSize) * batchSteps + job.steps,
      steering,
      noise: pictureNoise(pass.request, index, latentFactor),
      picture: { ...picture, latents },
      imageCondition: secondSight,
    });
    return { sampled, decode: decoderOf(own, pass, sampled) };
  };
  const enlarging = ({ model: own }: JobHires): EnlargeParts => ({
    encode: guard(partsOf(own, request.tiling).networks.encoder),
    latentScale: partsOf(own, request.tiling).networks.family.latentScale,
    latentFactor,
    openUpscaler: upscalers.open,
    signal,
  });
  const firstEncoder = { encode: guard(networks.encoder), latentScale: networks.family.latentScale };
  const given =
    hires?.firstPass &&
    (await enlargePicture(hires.firstPass, hires.upscaler, hires.size, enlarging(hires), firstEncoder));
  const drawBatch = async (index: number, picture: PassInput['picture']): Promise<Drawn> => {
    if (hires === undefined || secondSteering === undefined) return await drawFirst(index, picture);
    const again = (latents: Tensor) => drawAgain(hires, secondSteering, index, latents);
    if (given) return await again(stackRows(Array.from({ length: batchSize }, () => given)));
    const { sampled, decode } = await drawFirst(index, picture);
    const parts = { ...enlarging(hires), decode, step };
    const twice = await again(await enlargeFirstPass(sampled.latents, hires.upscaler, hires.size, parts));
    const extras = { ...sampled.extras, ...twice.sampled.extras };
    return { ...twice, sampled: { ...twice.sampled, extras } };
  };

  for (let index = 0; index < pictures.length; index += batchSize) {
    const picture = startOf?.(index);
    const { sampled, decode } = await drawBatch(index, picture);
    const recorded = {
      request,
      start,
      hires,
      info: model.info,
      vae,
      controls: job.controls,
      parameters: wordParameters(second ? [first, second] : [first]),
      sampler: job.sampler,
      scheduler: job.scheduler,
      extras: { ...noiseExtras(training, modelOptions), ...sampled.extras },
      conditionalMaskWeight: maskWeightOf(networks, job),
      enlarger,
      version,
    };
    for (let row = 0; row < batchSize; row++) {
      const { shape, data } = rowOf(sampled.latents, row);
      const own = await finishPicture(tensor([1, ...shape], data), decode, size, upscaler, step);
      const made = start ? finishedOf(start, own, row, tensor(shape, data), picture) : { image: own };
      clock.done('picture');
      const infotext = pictureInfotext(recorded, index + row);
      tell({ type: 'picture', index: index + row, ...pictures[index + row], ...made, infotext });
    }
  }
  tell({ type: 'done', seconds: (performance.now() - began) / 1000 });
}
