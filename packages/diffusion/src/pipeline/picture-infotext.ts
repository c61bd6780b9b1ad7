import type { CheckpointInfo } from '../api.ts';
import { generationParameters } from '../infotext/generation-parameters.ts';
import { pythonFloat } from '../infotext/python-float.ts';
import { writeInfotext } from '../infotext/write.ts';
import type { InfotextParameters } from '../infotext/write.ts';
import type { Sampler } from '../sampler/plan.ts';
import type { Scheduler } from '../schedule/registry.ts';
import type { Extras } from '../schedule/sigmas.ts';
import { controlParameters } from './control/control-parameters.ts';
import type { Control } from './control/controlled.ts';
import { scheduleTypeKey } from './hires/hires-parameters.ts';
import type { JobHires } from './hires/prepare-hires.ts';
import type { LoadedModel } from './load-model.ts';
import { pictureParameters } from './picture/picture-parameters.ts';
import type { Size } from './picture-size.ts';
import type { JobStart } from './prepare-job.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** What all pictures of a generation have in common. */
export type Recorded = {
  readonly request: ResolvedRequest;
  /** What it was drawn from beside the words. */
  readonly start?: JobStart;
  /** The second pass. */
  readonly hires?: JobHires;
  readonly info: CheckpointInfo;
  readonly vae?: LoadedModel['vae'];
  readonly controls?: readonly Control[];
  /** What adapters add: "Lora hashes" ... */
  readonly parameters?: InfotextParameters;
  readonly sampler: Sampler;
  readonly scheduler: Scheduler;
  /** What the sampler adds: "Schedule type", "Eta" ... */
  readonly extras: Extras;
  /** How much of the masked part an inpainting model was not shown. */
  readonly conditionalMaskWeight?: number;
  /** What brought the picture to its size, where it was drawn in another. */
  readonly enlarger?: string;
  readonly version?: string;
};

/** The generation parameters of one picture, as A1111 writes them. */
export function pictureInfotext(recorded: Recorded, index: number): string {
  const { request, start, hires, info, vae, sampler, enlarger } = recorded;
  const { seed, subseed } = request.pictures[index];
  const eta = recorded.extras.Eta;
  return writeInfotext(
    request.prompt,
    request.negativePrompt,
    generationParameters({
      steps: request.steps,
      sampler: sampler.name,
      scheduler: recorded.scheduler.label,
      cfgScale: request.cfgScale,
      seed,
      ...request.size,
      modelHash: info.sha256?.slice(0, 10),
      model: info.name,
      vae: vae?.name,
      vaeHash: vae?.hash,
      subseed,
      subseedStrength: request.subseedStrength,
      seedResizeFrom: request.seedResizeFrom,
      denoisingStrength: start?.picture.strength ?? hires?.start.strength,
      imageCfgScale: start?.picture.imageCfgScale,
      conditionalMaskWeight: recorded.conditionalMaskWeight,
      clipSkip: request.clipSkip,
      etaNoiseSeedDelta:
        sampler.usesEnsd && eta !== 0 && request.etaNoiseSeedDelta !== 0
          ? request.etaNoiseSeedDelta
          : undefined,
      tokenMergingRatio: request.tokenMerging || undefined,
      tokenMergingRatioHires: hires?.pass.request.tokenMerging || undefined,
      randomSource: request.randomSource,
      tiling: request.tiling || undefined,
      extra: [
        ...controlParameters(recorded.controls ?? []),
        ...(start ? pictureParameters(start) : []),
        ...hiresWith(recorded),
        ...(recorded.parameters ?? []),
        ['Emphasis', emphasisOf(request)],
        ...Object.entries(recorded.extras)
          .filter(([name]) => name !== scheduleTypeKey)
          .map(([name, value]) => [name, typeof value === 'number' ? pythonFloat(value) : value] as const),
        ['Drawn at', enlarger && sizeText((hires?.pass ?? { request }).request.drawn)],
        ['Upscaler', enlarger],
      ],
      version: recorded.version,
    }),
  );
}

/** The sampler tells the second pass' schedule only in drawing; its place is among what is known before. */
function hiresWith({ hires, extras }: Recorded): InfotextParameters {
  return [...(hires?.parameters ?? [])].map(([name, value]) => [
    name,
    name === scheduleTypeKey ? extras[scheduleTypeKey] : value,
  ]);
}

function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** The emphasis mode is written where it is not the usual one and there is something to emphasise. */
function emphasisOf({ prompt, negativePrompt, emphasis }: ResolvedRequest): string | undefined {
  return emphasis !== 'Original' && /[([]/.test(prompt + negativePrompt) ? emphasis : undefined;
}
