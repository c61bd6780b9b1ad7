import type { RgbImage } from '../../api.ts';
import { checkInteger, checkNumber, checkObject, checkText } from '../checks.ts';
import { checkImage } from '../picture/resolve-picture.ts';
import { longestSide } from '../picture-size.ts';
import { mergingRange } from '../resolve-request.ts';
import type { HiresRequest } from './hires-request.ts';

/** A second pass with every value checked and present. */
export type ResolvedHires = {
  readonly scale: number;
  readonly width?: number;
  readonly height?: number;
  readonly upscaler: string;
  /** Steps to run. */
  readonly steps: number;
  /** As asked: 0 stands for those of the first pass. */
  readonly askedSteps: number;
  readonly strength: number;
  readonly sampler?: string;
  readonly scheduler?: string;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly cfgScale: number;
  readonly tokenMerging: number;
  /** What takes the place of the first pass. */
  readonly firstPass?: RgbImage;
};

/** What the second pass takes over where it says nothing itself. */
export type FirstPass = {
  readonly steps: number;
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly cfgScale: number;
  readonly tokenMerging: number;
};

const longestPrompt = 100_000;
const side = { min: 8, max: longestSide };

/** @throws EngineError 'request.invalid', naming the field and what it may be. */
export function resolveHires(given: HiresRequest, first: FirstPass): ResolvedHires {
  const hires = checkObject('hires', given);
  const askedSteps = checkInteger('hires.steps', hires.steps ?? 0, { min: 0, max: 150 });
  return {
    scale: checkNumber('hires.scale', hires.scale ?? 2, { min: 0.1, max: 16 }),
    width: optionalSide('hires.width', hires.width),
    height: optionalSide('hires.height', hires.height),
    upscaler: checkText('hires.upscaler', hires.upscaler ?? 'Latent', 300),
    steps: askedSteps || first.steps,
    askedSteps,
    // At 0 there would be nothing to run, on which the original fails.
    strength: checkNumber('hires.strength', hires.strength ?? 0.7, { min: 0.001, max: 1 }),
    sampler: optionalText('hires.sampler', hires.sampler, 100),
    scheduler: optionalText('hires.scheduler', hires.scheduler, 100),
    prompt: optionalText('hires.prompt', hires.prompt, longestPrompt) || first.prompt,
    negativePrompt:
      optionalText('hires.negativePrompt', hires.negativePrompt, longestPrompt) || first.negativePrompt,
    cfgScale: checkNumber('hires.cfgScale', hires.cfgScale ?? first.cfgScale, { min: 0, max: 100 }),
    tokenMerging:
      checkNumber('hires.tokenMerging', hires.tokenMerging ?? 0, mergingRange) || first.tokenMerging,
    ...(hires.firstPass !== undefined && { firstPass: checkImage('hires.firstPass', hires.firstPass) }),
  };
}

function optionalSide(field: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : checkInteger(field, value, side);
}

function optionalText(field: string, value: string | undefined, most: number): string | undefined {
  return value === undefined ? undefined : checkText(field, value, most);
}
