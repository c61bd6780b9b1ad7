/** Options for a second pass at a larger size (A1111's hires fix). */
import type { RecipeInput } from '@bottega/contract';
import type { Catalogue } from './catalogue.ts';
import { type Options, UsageError, type Values } from './command.ts';
import { given, number, size, text } from './options.ts';
import type { Pictures } from './pictures.ts';

export const secondPassOptions = {
  hires: { type: 'string', value: 'X', description: 'draw it a second time, X times the size' },
  'hires-from': {
    type: 'string',
    value: 'FILE',
    description: 'draw only that second time, from this picture',
  },
  'hires-size': { type: 'string', value: 'WxH', description: 'or at this size' },
  'hires-upscaler': {
    type: 'string',
    value: 'NAME',
    description: 'Latent (default) and its variants, Lanczos, None ...',
  },
  'hires-strength': {
    type: 'string',
    value: 'X',
    description: 'how far it goes from the first, up to 1 (default 0.7)',
  },
  'hires-steps': { type: 'string', value: 'N', description: 'its steps (default: as many as the first)' },
  'hires-words': { type: 'string', value: 'WORDS', description: 'its words, where they are others' },
  'hires-negative': { type: 'string', value: 'WORDS', description: 'what should not be in it then' },
  'hires-guidance': { type: 'string', value: 'X', description: 'its guidance' },
  'hires-sampler': { type: 'string', value: 'NAME', description: 'its sampler' },
  'hires-schedule': { type: 'string', value: 'NAME', description: 'its schedule' },
  'hires-model': { type: 'string', value: 'NAME', description: 'its model' },
  'hires-token-merging': { type: 'string', value: 'X', description: 'its --token-merging' },
} as const satisfies Options;

/** What the options say of the recipe's `hires`. @throws UsageError, AppError `model.*`, `picture.unreadable`. */
export async function readSecondPass(
  values: Values,
  catalogue: Pick<Catalogue, 'modelName'>,
  pictures: Pictures,
): Promise<RecipeInput['hires'] | undefined> {
  const scale = number(values, 'hires');
  const wanted = size(values, 'hires-size');
  if (scale !== undefined && wanted !== undefined)
    throw new UsageError('Give --hires or --hires-size, not both.');
  if (scale === undefined && wanted === undefined) {
    const other = Object.keys(secondPassOptions).find((name) => values[name] !== undefined);
    if (other !== undefined) throw new UsageError(`--${other} needs --hires: how many times the size.`);
    return undefined;
  }
  const model = text(values, 'hires-model');
  const from = text(values, 'hires-from');
  return given({
    scale,
    ...wanted,
    firstPass: from === undefined ? undefined : await pictures.open(from),
    upscaler: text(values, 'hires-upscaler'),
    strength: number(values, 'hires-strength'),
    steps: number(values, 'hires-steps'),
    prompt: text(values, 'hires-words'),
    negativePrompt: text(values, 'hires-negative'),
    cfgScale: number(values, 'hires-guidance'),
    sampler: text(values, 'hires-sampler'),
    scheduler: text(values, 'hires-schedule'),
    model: model === undefined ? undefined : catalogue.modelName(model),
    tokenMerging: number(values, 'hires-token-merging'),
  });
}
