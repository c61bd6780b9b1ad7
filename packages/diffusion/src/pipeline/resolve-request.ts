import { randomInt } from 'node:crypto';
import type { EmphasisMode, RandomSource, TextToImageRequest } from '../api.ts';
import { checkChoice, checkFlag, checkInteger, checkNumber, checkText, refuse } from './checks.ts';
import type { ModelCard } from './model-card.ts';
import { drawnSize, longestSide, roundDown } from './picture-size.ts';
import type { Size } from './picture-size.ts';

/** A request with every value checked and present. */
export type ResolvedRequest = {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Of the finished picture. */
  readonly size: Size;
  /** At which the networks draw. */
  readonly drawn: Size;
  readonly steps: number;
  readonly sampler: string;
  readonly scheduler: string;
  readonly cfgScale: number;
  /** One for every picture of every batch, in order. */
  readonly pictures: readonly { readonly seed: number; readonly subseed: number }[];
  readonly subseedStrength: number;
  readonly seedResizeFrom?: Size;
  readonly batchSize: number;
  readonly batchCount: number;
  readonly clipSkip: number;
  readonly emphasis: EmphasisMode;
  readonly randomSource: RandomSource;
  readonly etaNoiseSeedDelta: number;
  readonly samplerOptions: Readonly<Record<string, number | string | boolean>>;
  readonly tiling: boolean;
  /** Share of the pixels. */
  readonly tokenMerging: number;
};

const longestPrompt = 100_000;
const side = { min: 8, max: longestSide };
/** A1111's slider. */
export const mergingRange = { min: 0, max: 0.9 };
const seedRange = { min: -1, max: 2 ** 32 - 1 };
/** As in A1111: the two largest seeds are never drawn. */
const drawnSeeds = 4_294_967_294;

/**
 * Checks a request and fills in what it leaves open: from the model's card, otherwise as A1111 would.
 * @throws EngineError 'request.invalid', naming the field and what it may be.
 */
export function resolveRequest(request: TextToImageRequest, card: ModelCard): ResolvedRequest {
  const own = card.defaults ?? {};
  const size = roundDown({
    width: checkInteger('width', request.width ?? own.width ?? card.native?.width ?? 512, side),
    height: checkInteger('height', request.height ?? own.height ?? card.native?.height ?? 512, side),
  });
  const batchSize = checkInteger('batchSize', request.batchSize ?? 1, { min: 1, max: 64 });
  const batchCount = checkInteger('batchCount', request.batchCount ?? 1, { min: 1, max: 1000 });
  const subseedStrength = checkNumber('subseedStrength', request.subseedStrength ?? 0, { min: 0, max: 1 });
  const seed = seedOf('seed', request.seed);
  const subseed = seedOf('subseed', request.subseed);
  return {
    prompt: checkText('prompt', request.prompt, longestPrompt),
    negativePrompt: checkText('negativePrompt', request.negativePrompt ?? '', longestPrompt),
    size,
    drawn: drawnSize(size, card.native),
    steps: checkInteger('steps', request.steps ?? own.steps ?? 20, { min: 1, max: 150 }),
    sampler: checkText('sampler', request.sampler ?? own.sampler ?? 'DPM++ 2M', 100),
    scheduler: checkText('scheduler', request.scheduler ?? own.scheduler ?? 'Automatic', 100),
    cfgScale: checkNumber('cfgScale', request.cfgScale ?? own.cfgScale ?? 7, { min: 0, max: 100 }),
    pictures: Array.from({ length: batchSize * batchCount }, (_, index) => ({
      seed: subseedStrength === 0 ? seed + index : seed,
      subseed: subseed + index,
    })),
    subseedStrength,
    seedResizeFrom: resizeFrom(request.seedResizeFrom),
    batchSize,
    batchCount,
    clipSkip: checkInteger('clipSkip', request.clipSkip ?? 1, { min: 1, max: 12 }),
    emphasis: checkChoice('emphasis', request.emphasis ?? 'Original', emphasisModes),
    randomSource: checkChoice('randomSource', request.randomSource ?? 'NV', randomSources),
    etaNoiseSeedDelta: checkInteger('etaNoiseSeedDelta', request.etaNoiseSeedDelta ?? 0, {
      min: 0,
      max: 2 ** 32 - 1,
    }),
    samplerOptions: checkOptions(request.samplerOptions ?? {}),
    tiling: checkFlag('tiling', request.tiling ?? false),
    tokenMerging: checkNumber('tokenMerging', request.tokenMerging ?? 0, mergingRange),
  };
}

const emphasisModes: readonly EmphasisMode[] = ['Original', 'No norm', 'Ignore', 'None'];
const randomSources: readonly RandomSource[] = ['NV', 'CPU'];

function seedOf(field: string, given: number | undefined): number {
  const seed = checkInteger(field, given ?? -1, seedRange);
  return seed === -1 ? randomInt(drawnSeeds) : seed;
}

function resizeFrom(given: TextToImageRequest['seedResizeFrom']): Size | undefined {
  if (given === undefined) return undefined;
  return {
    width: checkInteger('seedResizeFrom.width', given.width, side),
    height: checkInteger('seedResizeFrom.height', given.height, side),
  };
}

function checkOptions(given: unknown): ResolvedRequest['samplerOptions'] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return refuse('samplerOptions', 'must be an object of options by name', given);
  }
  return given as ResolvedRequest['samplerOptions'];
}
