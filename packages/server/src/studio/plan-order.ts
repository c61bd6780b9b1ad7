/** An order becomes a recipe without open ends and, where it has a script or wildcards, a plan. */
import type { Choices, Recipe, RecipeInput } from '@bottega/contract';
import { latentUpscalers, type Style } from '@bottega/diffusion';
import type { ControlNets } from '../control-nets/control-nets.ts';
import { resolveControls } from '../control-nets/resolve-controls.ts';
import type { ResolvedRecipe } from '../db/schema.ts';
import { inputsOf, type Size } from '../media/inputs.ts';
import type { Models } from '../models/models.ts';
import type { Vaes } from '../models/vaes.ts';
import { closestModel } from '../scripts/closest-model.ts';
import { makePlan } from '../scripts/make-plan.ts';
import type { Plan } from '../scripts/plan.ts';
import type { Upscalers } from '../upscalers/upscalers.ts';
import { planWildcards } from '../wildcards/draw-with-wildcards.ts';
import type { Wildcards } from '../wildcards/read-wildcards.ts';
import { resolveVae } from './resolve-vae.ts';
import { drawSeed, parseRecipe, resolveRecipe } from './resolve.ts';

/** What an order may name. */
export type OrderParts = {
  readonly models: Pick<Models, 'find' | 'list' | 'pathOf'>;
  readonly controlNets: Pick<ControlNets, 'find'>;
  readonly vaes: Pick<Vaes, 'find' | 'list'>;
  readonly upscalers: Pick<Upscalers, 'find'>;
  readonly choices: Choices;
  /** The styles that are saved now. */
  readonly styles: () => Promise<readonly Style[]>;
  /** Those that a text names, and those that they name. */
  readonly wildcards: (text: string) => Promise<Wildcards>;
};

export type PlannedOrder = {
  readonly recipe: ResolvedRecipe;
  readonly plan: Plan | null;
  /** The pictures that it names, with the fields that name them. */
  readonly inputs: ReadonlyMap<string, string>;
};

/**
 * @param sizesOf The sizes of pictures by their ids; throws where one is not there.
 * @throws AppError `request.invalid`, `model.unknown`, `model.none`, `vae.unknown`, `control-net.unknown`, codes of
 *   scripts; EngineError for unknown samplers and preprocessors.
 */
export async function planOrder(
  input: RecipeInput,
  parts: OrderParts,
  sizesOf: (inputs: ReadonlyMap<string, string>) => Promise<ReadonlyMap<string, Size>>,
): Promise<PlannedOrder> {
  const { models, upscalers } = parts;
  const given = parseRecipe(input);
  const controls = await resolveControls(given, parts.controlNets);
  const vae = await resolveVae(given.vae, parts.vaes);
  const parsed = { ...given, vae, ...(controls && { controls }) };
  await checkUpscalers(parsed, upscalers);
  const inputs = inputsOf(parsed);
  const [sizes, styles] = await Promise.all([sizesOf(inputs), parts.styles()]);
  const resolve = (one: Recipe) => resolveRecipe(one, models.find, parts.choices, { sizes, styles });
  const wildcards = await parts.wildcards(JSON.stringify([parsed, styles]));
  const recipe = resolve(parsed);
  const { script } = parsed;
  if (script === undefined) {
    return { recipe, plan: planWildcards(recipe, models.pathOf(recipe.model), wildcards), inputs };
  }
  const world = {
    randomSeed: drawSeed,
    sizeOf: (media: string) => sizes.get(media),
    closestModel: (words: string) => closestModel(words, models.list(), models.find),
    vaes: (await parts.vaes.list()).map(({ fileName }) => fileName),
  };
  const check = (one: ResolvedRecipe) => resolve(parseRecipe(one));
  const tools = { world, resolve: check, pathOf: models.pathOf, wildcards };
  return { ...makePlan({ ...parsed, script }, recipe, tools), inputs };
}

async function checkUpscalers({ hires, script }: Recipe, upscalers: Pick<Upscalers, 'find'>): Promise<void> {
  const second = hires?.upscaler;
  const isLatent = latentUpscalers.some((one) => one.toLowerCase() === second?.toLowerCase());
  if (second !== undefined && !isLatent) await upscalers.find(second, 'hires.upscaler');
  if (script?.name === 'sd upscale' && script.upscaler !== undefined) {
    await upscalers.find(script.upscaler, 'script.upscaler');
  }
}
