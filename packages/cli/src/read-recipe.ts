/** The recipe that the options of a command make. */
import type { ReadRecipe, RecipeInput } from '@bottega/contract';
import type { Catalogue } from './catalogue.ts';
import { type Context, UsageError, type Values } from './command.ts';
import { readControls } from './control-options.ts';
import { readLike } from './like-option.ts';
import { flag, given, number, size, text, texts } from './options.ts';
import type { Pictures } from './pictures.ts';
import { readSecondPass } from './second-pass-options.ts';
import { readStart } from './start-options.ts';
import { chosenStyles } from './style-option.ts';

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
  const like = await readLike(context, catalogue);
  const model = text(values, 'model') === undefined ? like.recipe.model : undefined;
  const own = given({
    negativePrompt: text(values, 'negative'),
    styles: await chosenStyles(context),
    model: model ?? catalogue.modelName(text(values, 'model')),
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
    samplerOptions: merged(like.recipe.samplerOptions, readSettings(values)),
    clipSkip: number(values, 'clip-skip'),
    // The recipe's schema says which there are.
    emphasis: text(values, 'emphasis') as RecipeInput['emphasis'],
    randomSource: text(values, 'noise')?.toUpperCase() as RecipeInput['randomSource'],
    etaNoiseSeedDelta: number(values, 'noise-delta'),
    tiling: flag(values, 'tile'),
    tokenMerging: number(values, 'token-merging'),
    hires: await readSecondPass(values, catalogue, pictures),
    start: startLike(like.start, await readStart(values, pictures)),
    controls: await readControls(values, catalogue, pictures),
    batchCount: number(values, 'count'),
    batchSize: number(values, 'batch'),
  });
  return { ...like.recipe, ...own };
}

/** @param own Counts before the other. */
function merged<T extends object>(like: T | undefined, own: T | undefined): T | undefined {
  return own === undefined ? like : { ...like, ...own };
}

/** What counted when a picture was drawn from another one is nothing without one, and of a mask without a mask. */
function startLike(like: ReadRecipe['start'], own: RecipeInput['start']): RecipeInput['start'] {
  if (own === undefined) return undefined;
  const { mask, ...others } = like ?? {};
  return { ...others, ...own, ...(own.mask && { mask: { ...mask, ...own.mask } }) };
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
