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
import { checkInteger } from './checks.ts';
import type { LoadedModel } from './load-model.ts';
import { activationBytes, requireMemory } from './memory-estimate.ts';
import { resolveRequest } from './resolve-request.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** A generation that can be drawn: everything is checked and planned, nothing has been computed. */
export type Job = {
  readonly request: ResolvedRequest;
  readonly sampler: Sampler;
  readonly scheduler: Scheduler;
  readonly options: SamplerOptions;
  readonly prompts: PromptPlan;
  /** Steps of one batch that will be told. */
  readonly steps: number;
  /** What was asked for and will not be done. */
  readonly warnings: readonly string[];
};

/**
 * @param memory bytes that may be used beside the weights.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown'
 */
export function prepareJob(
  model: Model,
  { networks, tokenizer, family }: LoadedModel,
  given: TextToImageRequest,
  memory: number,
): Job {
  const resolved = resolveRequest(given, model.card);
  // A1111 strips comments before it writes infotext; what it draws from is without extra networks too.
  const request = {
    ...resolved,
    prompt: stripComments(resolved.prompt),
    negativePrompt: stripComments(resolved.negativePrompt),
  };
  checkInteger('clipSkip', request.clipSkip, { min: 1, max: networks.configs.text.layers });
  const sampler = findSampler(request.sampler);
  const scheduler = findScheduler(request.scheduler);
  const options = readSamplerOptions(request.samplerOptions);
  const { steps } = sampler.plan({ scheduler, steps: request.steps, options, model: family.noise });
  requireMemory(activationBytes(networks.configs, request.drawn, request.batchSize), memory, request.drawn);
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
    steps: steps ?? request.steps,
    warnings: adapters.map(
      ({ kind, positional }) =>
        `<${kind}:${positional.join(':')}> was left out: this version has no adapters.`,
    ),
  };
}
