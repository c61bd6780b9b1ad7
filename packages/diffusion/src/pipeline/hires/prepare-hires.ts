import type { Model, RgbImage, TextToImageRequest } from '../../api.ts';
import type { InfotextParameters } from '../../infotext/write.ts';
import { stripComments } from '../../prompt/comments.ts';
import { takeExtraNetworks } from '../../prompt/extra-networks.ts';
import { planPrompts } from '../../prompt/plan-prompts.ts';
import { promptSteps } from '../../sampler/plan.ts';
import type { PictureStart } from '../../sampler/plan.ts';
import { findSampler } from '../../sampler/registry.ts';
import { findScheduler } from '../../schedule/registry.ts';
import type { Extras } from '../../schedule/sigmas.ts';
import { checkClipSkip } from '../check-clip-skip.ts';
import { checkInteger, refuse } from '../checks.ts';
import { partsOf } from '../load-model.ts';
import { activationBytes, pictureBytes, requireMemory } from '../memory-estimate.ts';
import { modelNoise } from '../model-noise.ts';
import { drawnSize, isSame, longestSide } from '../picture-size.ts';
import type { Size } from '../picture-size.ts';
import type { PassJob } from '../prepare-job.ts';
import { prepareRefiner } from '../refiner.ts';
import { hiresParameters } from './hires-parameters.ts';
import type { HiresRequest } from './hires-request.ts';
import { hiresLatents, hiresSize } from './hires-size.ts';
import type { HiresSize } from './hires-size.ts';
import { latentUpscaler } from './latent-upscalers.ts';
import { resolveHires } from './resolve-hires.ts';

/** Sides that make at least one element of the latents. */
const smallestEncoded = 8;

/** What a second pass adds to a job. */
export type JobHires = {
  readonly model: Model;
  readonly pass: PassJob;
  /** How the sampler starts from the first pass. */
  readonly start: PictureStart;
  readonly size: HiresSize;
  /** Of the finished picture. */
  readonly finished: Size;
  readonly upscaler: string;
  /** What takes the place of the first pass, which is not drawn then. */
  readonly firstPass?: RgbImage;
  readonly parameters: InfotextParameters;
};

/** The first pass, and its schedule as infotext has it. */
export type FirstPass = { readonly pass: PassJob; readonly scheduleType?: Extras[string] };

/**
 * Checks and plans the second pass.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown'
 */
export function prepareHires(
  firstModel: Model,
  asked: TextToImageRequest,
  given: HiresRequest,
  { pass: first, scheduleType }: FirstPass,
  memory: number,
): JobHires {
  const { options, modelOptions } = first;
  const hires = resolveHires(given, first.request);
  const model = given.model ?? firstModel;
  const { networks, tokenizers, training } = partsOf(model);
  checkClipSkip(networks, first.request.clipSkip, modelOptions);
  const sampler = hires.sampler === undefined ? first.sampler : findSampler(hires.sampler);
  const scheduler = hires.scheduler === undefined ? first.scheduler : findScheduler(hires.scheduler);
  const { size, drawn, finished } = sizesOf(first.request.size, hires, model);
  const upscaler = latentUpscaler(hires.upscaler);
  requireMemory(activationBytes(networks.configs, drawn, first.request.batchSize), memory, drawn, 'hires');
  const enlarged = pictureBytes(networks.configs.vae, size.enlarged, upscaler === undefined);
  requireMemory(enlarged, memory, size.enlarged, 'hires');
  const { firstPass } = hires;
  if (firstPass) checkFirstPass(firstModel, firstPass, upscaler !== undefined, memory);

  const start: PictureStart = {
    strength: hires.strength,
    exactSteps: hires.steps,
    hires: {
      firstScheduleType: scheduleType === undefined || firstPass ? undefined : String(scheduleType),
    },
  };
  const noise = modelNoise(networks.family, training, modelOptions);
  const planned = sampler.plan({ scheduler, steps: hires.steps, options, model: noise, picture: start });
  const request = {
    ...first.request,
    prompt: stripComments(hires.prompt),
    negativePrompt: stripComments(hires.negativePrompt),
    steps: hires.steps,
    cfgScale: hires.cfgScale,
    tokenMerging: hires.tokenMerging,
    drawn,
  };
  const { prompt, networks: extra } = takeExtraNetworks(request.prompt);
  const prompts = {
    prompt,
    negativePrompt: request.negativePrompt,
    steps: promptSteps(first.sampler, first.request.steps),
    hiresSteps: promptSteps(sampler, hires.steps),
    emphasis: request.emphasis,
  };
  return {
    model,
    pass: {
      request,
      sampler,
      scheduler,
      options,
      modelOptions,
      noise,
      plan: (embeddings) => planPrompts(tokenizers, { ...prompts, embeddings }),
      asked: extra,
      refiner: prepareRefiner(model, asked, prompts, modelOptions),
      steps: planned.steps ?? hires.steps,
    },
    start,
    size,
    finished,
    upscaler: upscaler?.name ?? hires.upscaler,
    firstPass,
    parameters: hiresParameters({
      hires: { ...hires, prompt: request.prompt, negativePrompt: request.negativePrompt },
      first: { ...first.request, sampler: first.sampler.name },
      sampler: sampler.name,
      model: given.model?.info,
    }),
  };
}

/** Latents are enlarged from what the first model's encoder makes of the picture. */
function checkFirstPass(model: Model, image: RgbImage, isEncoded: boolean, memory: number): void {
  const { vae } = partsOf(model).networks.configs;
  requireMemory(pictureBytes(vae, image, isEncoded), memory, image, 'hires.firstPass');
  if (isEncoded && Math.min(image.width, image.height) < smallestEncoded) {
    const demand = `must be at least ${smallestEncoded}x${smallestEncoded} pixels for an upscaler of latents`;
    refuse('hires.firstPass', demand, `${image.width}x${image.height}`);
  }
}

/** A model with a size of its own draws at that in the second pass, too. */
function sizesOf(
  first: Size,
  hires: ReturnType<typeof resolveHires>,
  { card, info: { latentFactor } }: Model,
): Pick<JobHires, 'size' | 'finished'> & { readonly drawn: Size } {
  const wanted = hiresSize(first, hires, latentFactor);
  const latents = hiresLatents(wanted, latentFactor);
  const finished = { width: latents.width * latentFactor, height: latents.height * latentFactor };
  for (const side of ['width', 'height'] as const) {
    const field = hires[side] === undefined ? 'hires.scale' : `hires.${side}`;
    checkInteger(`${field} (${side} of the second pass)`, finished[side], { min: 8, max: longestSide });
  }
  const drawn = drawnSize(finished, card.native);
  const size = isSame(drawn, finished) ? wanted : { enlarged: drawn, cut: { width: 0, height: 0 } };
  return { size, drawn, finished };
}
