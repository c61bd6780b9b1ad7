import type { Model, TextToImageRequest } from '../api.ts';
import type { EmbeddingName } from '../prompt/chunks.ts';
import type { PromptPlan, PromptPlanOptions } from '../prompt/prompt-plan.ts';
import { planPrompts } from '../prompt/plan-prompts.ts';
import type { ModelNoise } from '../sampler/plan.ts';
import type { Refiner } from '../sampler/sample.ts';
import type { NamedFile } from './adapters/lookup.ts';
import { useEmbeddings } from './adapters/use-embeddings.ts';
import { checkNumber, checkObject, refuse } from './checks.ts';
import { partsOf } from './load-model.ts';
import type { LoadedModel } from './load-model.ts';
import { modelNoise } from './model-noise.ts';
import type { ModelOptions } from './model-options.ts';
import type { PassJob } from './prepare-job.ts';
import { steeringOf } from './steering.ts';
import type { Guard } from './steering.ts';

/** A second model, planned to take over on the way. */
export type JobRefiner = {
  readonly model: Model;
  readonly parts: LoadedModel;
  /** The share of the noise that the first model takes away; absent, none. */
  readonly switchAt?: number;
  /** Plans the prompts with embeddings: one plan for each text encoder of the second model. */
  readonly plan: (embeddings: readonly EmbeddingName[]) => readonly PromptPlan[];
  readonly noise: ModelNoise;
};

/**
 * Plans the hand-over to another model. As in A1111 the same model twice is no hand-over.
 * @throws EngineError 'request.invalid' where the second model's latents are others than the first's.
 */
export function prepareRefiner(
  model: Model,
  request: TextToImageRequest,
  prompts: Omit<PromptPlanOptions, 'tokenizer'>,
  options: ModelOptions,
): JobRefiner | undefined {
  if (request.refiner === undefined) return undefined;
  const { switchAt, model: refiner } = checkObject('refiner', request.refiner);
  const share =
    switchAt === undefined ? undefined : checkNumber('refiner.switchAt', switchAt, { min: 0, max: 1 });
  const parts = partsOf(refiner, request.tiling);
  if (refiner.info.path === model.info.path) return undefined;
  const [first, second] = [partsOf(model).networks, parts.networks];
  if (latentsOf(first) !== latentsOf(second)) {
    const other = `${model.info.title} can hand over only to a model with the same latents and inputs`;
    return refuse('refiner.model', other, refiner.info.title);
  }
  const noise = modelNoise(second.family, parts.training, options);
  const plan: JobRefiner['plan'] = (embeddings) => planPrompts(parts.tokenizers, { ...prompts, embeddings });
  return { model: refiner, parts, switchAt: share, plan, noise };
}

/** The refiner as sampling needs it; its prompts are encoded once, when it takes over. */
export function refinerFor(
  { model, parts, switchAt, plan, noise }: JobRefiner,
  job: PassJob,
  embeddings: readonly NamedFile[],
  guard: Guard,
): Refiner {
  const { name, sha256 } = model.info;
  return {
    noise,
    switchAt,
    countsSteps: job.modelOptions.refinerBySteps,
    extras: {
      Refiner: sha256 === undefined ? name : `${name} [${sha256.slice(0, 10)}]`,
      ...(switchAt !== undefined && { 'Refiner switch at': switchAt }),
    },
    take: async () => {
      const words = await useEmbeddings(parts.networks, embeddings, plan);
      const { network, conditioning } = await steeringOf(parts, parts.networks, words, job, guard);
      return { network, conditioning: conditioning(job.request.batchSize) };
    },
  };
}

/** Whether the refiner takes part in a pass: with hires fix, A1111's setting says in which. */
export function takesPart(
  kind: 'step' | 'hires',
  hasSecondPass: boolean,
  { hiresRefinerPass }: ModelOptions,
): boolean {
  if (!hasSecondPass || hiresRefinerPass === 'both passes') return true;
  return hiresRefinerPass === (kind === 'step' ? 'first pass' : 'second pass');
}

/** Models of which these are equal can go on with each other's latents. */
function latentsOf({ family, configs, info }: LoadedModel['networks']): string {
  return [family.latentScale, configs.vae.latentChannels, info.latentFactor, configs.unet.inChannels].join();
}
