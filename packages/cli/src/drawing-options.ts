/** The options of every command that draws, and the recipe that they make. */
import type { RecipeInput } from '@bottega/contract';
import { adapterOptions } from './adapter-files.ts';
import type { Catalogue } from './catalogue.ts';
import { type Context, type Options, UsageError, type Values } from './command.ts';
import { controlOptions, readControls } from './control-options.ts';
import { flag, given, number, size, text, texts } from './options.ts';
import type { Pictures } from './pictures.ts';
import { readSecondPass, secondPassOptions } from './second-pass-options.ts';
import { speedOptions } from './speed-options.ts';
import { readStart, startOptions } from './start-options.ts';
import { chosenStyles } from './style-option.ts';

export const drawingOptions = {
  output: { type: 'string', short: 'o', value: 'FILE', description: 'where to save the result' },
  negative: { type: 'string', short: 'n', value: 'WORDS', description: 'what should not be in it' },
  style: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    description: 'add a saved style to the words; may come several times',
  },
  model: {
    type: 'string',
    short: 'm',
    value: 'NAME',
    description: 'a name from "bottega models list", or a file',
  },
  vae: {
    type: 'string',
    value: 'NAME',
    description:
      'one from "bottega models list vaes", or a file; None takes the own one, even if NAME.vae.* lies beside it',
  },
  refiner: { type: 'string', value: 'NAME', description: 'a model that takes over on the way' },
  'refiner-at': {
    type: 'string',
    value: 'X',
    description: 'when: the share of the noise that is gone by then, 0 to 1 (default 0.8)',
  },
  size: { type: 'string', value: 'WxH', description: 'in pixels (default: what the model was made for)' },
  steps: { type: 'string', value: 'N', description: "1 to 150 (default: the model's, or 20)" },
  guidance: {
    type: 'string',
    short: 'g',
    value: 'X',
    description: "how strongly the words count, 1 to 30 (default: the model's, or 7)",
  },
  seed: {
    type: 'string',
    value: 'N',
    description: 'the same seed gives the same picture (default -1, a random one)',
  },
  variation: { type: 'string', value: 'N', description: 'a second seed, mixed in (default a random one)' },
  'variation-strength': { type: 'string', value: 'X', description: 'how much of it, 0 (default) to 1' },
  'seed-size': { type: 'string', value: 'WxH', description: 'keep what the seed makes at this size' },
  sampler: { type: 'string', value: 'NAME', description: 'e.g. "Euler a"' },
  schedule: { type: 'string', value: 'NAME', description: 'e.g. Karras (default Automatic)' },
  set: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    description: "one of A1111's settings of sampling, e.g. eta=0.5; may come several times",
  },
  'clip-skip': {
    type: 'string',
    value: 'N',
    description: 'leave out the last layers of the text encoder (default 1)',
  },
  emphasis: { type: 'string', value: 'HOW', description: 'Original (default), No norm, Ignore or None' },
  noise: { type: 'string', value: 'WHOSE', description: 'NV (default) or CPU, as the settings of A1111' },
  'noise-delta': { type: 'string', value: 'N', description: 'eta noise seed delta (default 0)' },
  tile: { type: 'boolean', description: 'let its edges fit together, so that it can be laid as tiles' },
  'token-merging': {
    type: 'string',
    value: 'X',
    description: 'share of the pixels that are drawn as one with others, up to 0.9: faster, less exact',
  },
  ...secondPassOptions,
  ...startOptions,
  ...controlOptions,
  ...adapterOptions,
  count: { type: 'string', short: 'c', value: 'N', description: 'how many pictures (default 1)' },
  batch: { type: 'string', value: 'N', description: 'draw N at a time, --count times (default 1)' },
  ...speedOptions,
  force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
  json: { type: 'boolean', description: 'answer with one JSON document' },
} as const satisfies Options;

/** Further options of commands that make sheets. */
export const sheetOptions = {
  pictures: { type: 'boolean', description: 'save every picture beside it too: NAME-1.png, NAME-2.png ...' },
  margin: { type: 'string', value: 'N', description: 'pixels between the pictures of a sheet (default 0)' },
} as const satisfies Options;

/**
 * All of the recipe but its words and script.
 * @throws UsageError, AppError `model.*`, `control-net.unknown`, `picture.unreadable`.
 */
export async function readRecipe(
  context: Context,
  catalogue: Catalogue,
  pictures: Pictures,
): Promise<RecipeInput & { readonly model: string }> {
  const { values } = context;
  const vae = text(values, 'vae');
  const model = catalogue.modelName(text(values, 'model'));
  return given({
    negativePrompt: text(values, 'negative'),
    styles: await chosenStyles(context),
    model,
    vae: vae === undefined ? undefined : catalogue.vaeName(vae),
    refiner: readRefiner(values, catalogue),
    ...size(values, 'size'),
    steps: number(values, 'steps'),
    cfgScale: number(values, 'guidance'),
    seed: number(values, 'seed'),
    subseed: number(values, 'variation'),
    subseedStrength: number(values, 'variation-strength'),
    seedResizeFrom: size(values, 'seed-size'),
    sampler: text(values, 'sampler'),
    scheduler: text(values, 'schedule'),
    samplerOptions: readSettings(values),
    clipSkip: number(values, 'clip-skip'),
    // The recipe's schema says which there are.
    emphasis: text(values, 'emphasis') as RecipeInput['emphasis'],
    randomSource: text(values, 'noise')?.toUpperCase() as RecipeInput['randomSource'],
    etaNoiseSeedDelta: number(values, 'noise-delta'),
    tiling: flag(values, 'tile'),
    tokenMerging: number(values, 'token-merging'),
    hires: await readSecondPass(values, catalogue, pictures),
    start: await readStart(values, pictures),
    controls: await readControls(values, catalogue, pictures),
    batchCount: number(values, 'count'),
    batchSize: number(values, 'batch'),
  });
}

function readRefiner(values: Values, catalogue: Catalogue): RecipeInput['refiner'] {
  const name = text(values, 'refiner');
  const switchAt = number(values, 'refiner-at');
  if (name !== undefined) return { model: catalogue.modelName(name), switchAt: switchAt ?? 0.8 };
  if (switchAt !== undefined)
    throw new UsageError('--refiner-at needs --refiner: the model that takes over.');
  return undefined;
}

/** `eta=0.5`: numbers and true or false are taken as such. */
function readSettings(values: Values): RecipeInput['samplerOptions'] {
  const pairs = texts(values, 'set').map((pair): [string, number | string | boolean] => {
    const end = pair.indexOf('=');
    if (end < 1) throw new UsageError(`--set takes NAME=VALUE, such as eta=0.5, not "${pair}".`);
    const value = pair.slice(end + 1).trim();
    const known = { true: true, false: false }[value.toLowerCase()];
    const parsed = value === '' ? Number.NaN : Number(value);
    return [pair.slice(0, end).trim(), known ?? (Number.isFinite(parsed) ? parsed : value)];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
