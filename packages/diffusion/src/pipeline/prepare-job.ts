import type { Model, TextToImageRequest } from '../api.ts';
import type { EmbeddingName } from '../prompt/chunks.ts';
import { takeExtraNetworks } from '../prompt/extra-networks.ts';
import type { ExtraNetwork } from '../prompt/extra-networks.ts';
import { stripComments } from '../prompt/comments.ts';
import { planPrompts } from '../prompt/plan-prompts.ts';
import type { PromptPlan } from '../prompt/prompt-plan.ts';
import { readSamplerOptions } from '../sampler/options.ts';
import type { SamplerOptions } from '../sampler/options.ts';
import { promptSteps } from '../sampler/plan.ts';
import type { ModelNoise, Sampler } from '../sampler/plan.ts';
import { findSampler } from '../sampler/registry.ts';
import { findScheduler } from '../schedule/registry.ts';
import type { Scheduler } from '../schedule/registry.ts';
import { checkClipSkip } from './check-clip-skip.ts';
import { refuse } from './checks.ts';
import { checkVariant } from './image-condition/image-condition.ts';
import type { LoadedModel } from './load-model.ts';
import { activationBytes, controlBytes, pictureBytes, requireMemory } from './memory-estimate.ts';
import { modelNoise } from './model-noise.ts';
import { readModelOptions } from './model-options.ts';
import type { ModelOptions } from './model-options.ts';
import type { Control } from './control/controlled.ts';
import { prepareControls } from './control/prepare-controls.ts';
import { prepareHires } from './hires/prepare-hires.ts';
import type { JobHires } from './hires/prepare-hires.ts';
import { layOutCanvas } from './picture/canvas.ts';
import type { Canvas } from './picture/canvas.ts';
import type { ResolvedPicture } from './picture/resolve-picture.ts';
import { prepareRefiner } from './refiner.ts';
import type { JobRefiner } from './refiner.ts';
import { resolveRequest } from './resolve-request.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** One way from noise to latents: a drawing has one, with hires fix two. */
export type PassJob = {
  readonly request: ResolvedRequest;
  readonly sampler: Sampler;
  readonly scheduler: Scheduler;
  readonly options: SamplerOptions;
  readonly modelOptions: ModelOptions;
  readonly noise: ModelNoise;
  /** Plans the prompts with embeddings: one plan for each text encoder; they differ in tokens only. */
  readonly plan: (embeddings: readonly EmbeddingName[]) => readonly PromptPlan[];
  /** What the prompt asks for in `<kind:name>`. */
  readonly asked: readonly ExtraNetwork[];
  /** The model that takes over on the way, where there is one. */
  readonly refiner?: JobRefiner;
  /** Steps of one batch that will be told. */
  readonly steps: number;
};

/** A generation that can be drawn: everything is checked and planned, nothing has been computed. */
export type Job = PassJob & {
  /** The second pass, where there is one. */
  readonly hires?: JobHires;
  /** The picture to start from, where there is one. */
  readonly start?: JobStart;
  readonly controls: readonly Control[];
  /** What was asked for and will not be done. */
  readonly warnings: readonly string[];
};

/** What image to image adds to a job. */
export type JobStart = { readonly picture: ResolvedPicture; readonly canvas: Canvas };

/**
 * @param memory bytes that may be used beside the weights.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown', 'preprocessor.unknown', 'control.mismatch'
 */
export function prepareJob(
  model: Model,
  { networks, tokenizers, training }: LoadedModel,
  given: TextToImageRequest,
  memory: number,
  picture?: ResolvedPicture,
): Job {
  const resolved = resolveRequest(given, model.card);
  const sampler = findSampler(resolved.sampler);
  const scheduler = findScheduler(resolved.scheduler);
  const options = readSamplerOptions(resolved.samplerOptions);
  checkVariant(networks, picture);
  const modelOptions = readModelOptions(resolved.samplerOptions);
  checkClipSkip(networks, resolved.clipSkip, modelOptions);
  const noise = modelNoise(networks.family, training, modelOptions);
  const planned = sampler.plan({
    scheduler,
    steps: resolved.steps,
    options,
    model: noise,
    picture: picture && { strength: picture.strength },
  });
  const needed = activationBytes(networks.configs, resolved.drawn, resolved.batchSize);
  requireMemory(needed, memory, resolved.drawn);
  for (const image of picture?.images ?? []) {
    const isEncodedAsItIs = picture?.resizeMode === 'latent' && picture.mask?.area !== 'masked';
    requireMemory(pictureBytes(networks.configs.vae, image, isEncodedAsItIs), memory, image, 'images');
  }
  const canvas = picture && layOutCanvas(picture, resolved.size, resolved.drawn);
  const start = picture && canvas && { picture, canvas };
  const listeners = { first: model, ...(given.hires && { second: given.hires.model ?? model }) };
  const controls = prepareControls(given.controls, listeners, resolved.drawn, start);
  const said = controls.length === 0 ? 0 : controlBytes(networks.configs, resolved.drawn, resolved.batchSize);
  requireMemory(needed + said, memory, resolved.drawn);
  const request = {
    ...resolved,
    // A region is drawn as large as the model can, and then brought to its place.
    size: canvas?.region ? resolved.drawn : resolved.size,
    // A1111 strips comments before it writes infotext; what it draws from is without extra networks too.
    prompt: stripComments(resolved.prompt),
    negativePrompt: stripComments(resolved.negativePrompt),
  };
  const { prompt, networks: asked } = takeExtraNetworks(request.prompt);
  const prompts = {
    prompt,
    negativePrompt: request.negativePrompt,
    steps: promptSteps(sampler, request.steps),
    emphasis: request.emphasis,
  };
  const pass: PassJob = {
    request,
    sampler,
    scheduler,
    options,
    modelOptions,
    noise,
    plan: (embeddings) => planPrompts(tokenizers, { ...prompts, embeddings }),
    refiner: prepareRefiner(model, given, prompts, modelOptions),
    asked,
    steps: planned.steps ?? request.steps,
  };
  if (given.hires && picture) refuse('hires', 'needs a drawing from words alone', 'one from a picture');
  const { 'Schedule type': scheduleType } = planned.extras;
  const hires = given.hires && prepareHires(model, given, given.hires, { pass, scheduleType }, memory);
  return {
    ...pass,
    // A picture in the place of the first pass leaves none of its steps.
    ...(hires?.firstPass && { steps: 0 }),
    hires,
    start,
    controls,
    warnings: canvas?.warnings ?? [],
  };
}
