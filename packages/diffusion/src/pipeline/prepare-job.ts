import type { Model, TextToImageRequest } from '../api.ts';
import { takeExtraNetworks } from '../prompt/extra-networks.ts';
import { stripComments } from '../prompt/comments.ts';
import { planPrompt } from '../prompt/prompt-plan.ts';
import type { PromptPlan } from '../prompt/prompt-plan.ts';
import { readSamplerOptions } from '../sampler/options.ts';
import type { SamplerOptions } from '../sampler/options.ts';
import { promptSteps } from '../sampler/plan.ts';
import type { Sampler } from '../sampler/plan.ts';
import { findSampler } from '../sampler/registry.ts';
import { findScheduler } from '../schedule/registry.ts';
import type { Scheduler } from '../schedule/registry.ts';
import type { LoadedModel } from './load-model.ts';
import { activationBytes, pictureBytes, requireMemory } from './memory-estimate.ts';
import { layOutCanvas } from './picture/canvas.ts';
import type { Canvas } from './picture/canvas.ts';
import type { ResolvedPicture } from './picture/resolve-picture.ts';
import { resolveRequest } from './resolve-request.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** A generation that can be drawn: everything is checked and planned, nothing has been computed. */
export type Job = {
  readonly request: ResolvedRequest;
  readonly sampler: Sampler;
  readonly scheduler: Scheduler;
  readonly options: SamplerOptions;
  readonly prompts: PromptPlan;
  /** The picture to start from, where there is one. */
  readonly start?: JobStart;
  /** Steps of one batch that will be told. */
  readonly steps: number;
  /** What was asked for and will not be done. */
  readonly warnings: readonly string[];
};

/** What image to image adds to a job. */
export type JobStart = { readonly picture: ResolvedPicture; readonly canvas: Canvas };

/**
 * @param memory bytes that may be used beside the weights.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown'
 */
export function prepareJob(
  model: Model,
  { networks, tokenizer, noise }: LoadedModel,
  given: TextToImageRequest,
  memory: number,
  picture?: ResolvedPicture,
): Job {
  const resolved = resolveRequest(given, model.card);
  networks.checkClipSkip(resolved.clipSkip);
  const sampler = findSampler(resolved.sampler);
  const scheduler = findScheduler(resolved.scheduler);
  const options = readSamplerOptions(resolved.samplerOptions);
  const { steps } = sampler.plan({
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
  const request = {
    ...resolved,
    // A region is drawn as large as the model can, and then brought to its place.
    size: canvas?.region ? resolved.drawn : resolved.size,
    // A1111 strips comments before it writes infotext; what it draws from is without extra networks too.
    prompt: stripComments(resolved.prompt),
    negativePrompt: stripComments(resolved.negativePrompt),
  };
  const { prompt, networks: adapters } = takeExtraNetworks(request.prompt);
  return {
    request,
    sampler,
    scheduler,
    options,
    prompts: planPrompt({
      prompt,
      negativePrompt: request.negativePrompt,
      steps: promptSteps(sampler, request.steps),
      tokenizer,
      emphasis: request.emphasis,
    }),
    start: picture && canvas && { picture, canvas },
    steps: steps ?? request.steps,
    warnings: [
      ...(canvas?.warnings ?? []),
      ...adapters.map(
        ({ kind, positional }) =>
          `<${kind}:${positional.join(':')}> was left out: this version has no adapters.`,
      ),
    ],
  };
}
