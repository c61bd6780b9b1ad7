/** A recipe as people write it becomes one in which nothing is left open. */
import { randomInt } from 'node:crypto';
import {
  type Choices,
  type Hires,
  type ModelInfo,
  type Recipe,
  type RecipeInput,
  recipeSchema,
} from '@bottega/contract';
import { EngineError, outpaintedSize, type Style } from '@bottega/diffusion';
import type { ResolvedRecipe } from '../db/schema.ts';
import { invalid } from '../errors/invalid.ts';
import type { Size } from '../media/inputs.ts';
import { type Words, withStyles } from '../styles/styles.ts';

export type Known = {
  readonly sizes?: ReadonlyMap<string, Size>;
  readonly styles?: readonly Style[];
};

/** @throws AppError `request.invalid` naming the field. */
export function parseRecipe(input: RecipeInput): Recipe {
  const parsed = recipeSchema.safeParse(cleanText(input, []));
  if (!parsed.success) throw invalid(parsed.error.issues[0]);
  const { start, hires } = parsed.data;
  if (start?.mask && start.outpaint) {
    throw invalid({ path: ['start', 'outpaint'], message: 'does not go together with a mask' });
  }
  if (start && hires) throw invalid({ path: ['hires'], message: 'does not go together with start' });
  return parsed.data;
}

/**
 * Fills in the model's defaults, takes samplers and schedules by any of their names, draws open seeds, and rounds
 * sizes down to multiples of 8 as A1111 does.
 * @param findModel Gives the model that a recipe names, or throws.
 * @param known Sizes of the pictures that the recipe names, and the styles that are saved.
 * @throws AppError `request.invalid` naming the field, EngineError `sampler.unknown`, `scheduler.unknown`.
 */
export function resolveRecipe(
  recipe: Recipe,
  findModel: (name: string | undefined) => ModelInfo,
  choices: Choices,
  { sizes = new Map(), styles = [] }: Known = {},
): ResolvedRecipe {
  const { styles: names = [], ...rest } = recipe;
  const model = findModel(recipe.model);
  const defaults = { ...model.defaults, ...sizeToStartFrom(recipe, sizes) };
  const styled = (words: Words): Words => withStyles(words, names, styles);
  return {
    ...rest,
    ...styled(recipe),
    model: model.name,
    ...(recipe.refiner && {
      refiner: { ...recipe.refiner, model: findModel(recipe.refiner.model).name },
    }),
    sampler: knownSampler(recipe.sampler ?? defaults.sampler, choices),
    scheduler: knownScheduler(recipe.scheduler ?? defaults.scheduler, choices),
    steps: recipe.steps ?? defaults.steps,
    width: multipleOf8(recipe.width ?? defaults.width),
    height: multipleOf8(recipe.height ?? defaults.height),
    cfgScale: recipe.cfgScale ?? defaults.cfgScale,
    seed: drawn(recipe.seed),
    ...(recipe.hires && { hires: resolveHires(recipe.hires, findModel, choices, styled) }),
    ...((recipe.subseedStrength ?? 0) > 0 && { subseed: drawn(recipe.subseed ?? -1) }),
  };
}

/** What it leaves open follows the first pass, also when that is changed by a script. */
function resolveHires(
  { sampler, scheduler, model, prompt, negativePrompt, ...rest }: Hires,
  findModel: (name: string | undefined) => ModelInfo,
  choices: Choices,
  styled: (words: Words) => Words,
): Hires {
  const words = styled({ prompt: prompt ?? '', negativePrompt: negativePrompt ?? '' });
  return {
    ...rest,
    ...(sampler !== undefined && { sampler: knownSampler(sampler, choices) }),
    ...(scheduler !== undefined && { scheduler: knownScheduler(scheduler, choices) }),
    ...(model !== undefined && { model: findModel(model).name }),
    ...(prompt && { prompt: words.prompt }),
    ...(negativePrompt && { negativePrompt: words.negativePrompt }),
  };
}

/** As large as the first picture, unless only a part of it is drawn; or as the one for the first pass's place. */
function sizeToStartFrom({ start, hires }: Recipe, sizes: ReadonlyMap<string, Size>): Size | undefined {
  if (hires?.firstPass !== undefined) return sizes.get(hires.firstPass);
  if (start === undefined || start.mask?.area === 'masked') return undefined;
  const size = sizes.get(start.images[0]);
  return size && start.outpaint ? outpaintedSize(size, start.outpaint) : size;
}

/** PostgreSQL stores every text but those with NUL; half characters (lone surrogates) become U+FFFD. */
function cleanText(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw invalid({ path, message: 'contains the character NUL' });
    return value.toWellFormed();
  }
  if (Array.isArray(value)) return value.map((item, i) => cleanText(item, [...path, String(i)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [cleanText(key, path), cleanText(inner, [...path, key])]),
  );
}

function knownSampler(name: string, { samplers }: Choices): string {
  const wanted = name.toLowerCase();
  const found = samplers.find((sampler) =>
    [sampler.name, ...sampler.aliases].some((known) => known.toLowerCase() === wanted),
  );
  if (found !== undefined) return found.name;
  throw new EngineError('sampler.unknown', {
    name,
    known: samplers.map((sampler) => sampler.name).join(', '),
  });
}

function knownScheduler(name: string, { schedulers }: Choices): string {
  const wanted = name.toLowerCase();
  const found = schedulers.find((one) =>
    [one.name, one.label].some((known) => known.toLowerCase() === wanted),
  );
  if (found !== undefined) return found.label;
  throw new EngineError('scheduler.unknown', { name, known: schedulers.map((one) => one.label).join(', ') });
}

function multipleOf8(side: number): number {
  return Math.max(8, side - (side % 8));
}

/** A1111 draws below 2^32 - 2. */
export function drawSeed(): number {
  return randomInt(4294967294);
}

/** -1 asks for a seed. */
function drawn(seed: number): number {
  return seed === -1 ? drawSeed() : seed;
}
