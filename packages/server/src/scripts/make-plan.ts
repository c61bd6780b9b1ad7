/** A recipe with a script becomes a recipe and a plan in which nothing is left open. */
import type { Recipe, Script } from '@bottega/contract';
import type { ResolvedRecipe } from '../db/schema.ts';
import { changeOf } from './change.ts';
import { invalidScript, requireFewDrawings, requireRoomOnSheet } from './limits.ts';
import type { Plan } from './plan.ts';
import { expand } from './registry.ts';
import { withWildcards } from '../wildcards/draw-with-wildcards.ts';
import type { Wildcards } from '../wildcards/read-wildcards.ts';
import type { OpenRecipe, World } from './script.ts';

/** As many as the largest order without a script, ten times over. */
const mostPictures = 16_000;
/** Characters of JSON: it is read with its generation. */
const largestPlan = 4_000_000;

export type PlanTools = {
  readonly world: World;
  /** Checks a recipe and fills in what is open, or throws. */
  readonly resolve: (recipe: OpenRecipe) => ResolvedRecipe;
  readonly pathOf: (model: string) => string;
  /** Replaced with the seed of a drawing's first picture. */
  readonly wildcards?: Wildcards;
};

/**
 * Everything is checked now, before anything is drawn.
 * @param recipe With the script, its seeds still open where they are.
 * @param base The same without open ends.
 * @throws what the script and `resolve` throw; AppError `request.invalid` for too much.
 */
export function makePlan(
  { prompt, negativePrompt, styles, seed, subseed = -1, script }: Recipe & { readonly script: Script },
  base: ResolvedRecipe,
  { world, resolve, pathOf, wildcards = new Map() }: PlanTools,
): { readonly recipe: ResolvedRecipe; readonly plan: Plan } {
  const { script: _, ...alone } = base;
  // Styles come after what a script does to the words, as in A1111.
  const open = { ...alone, prompt, negativePrompt, seed, subseed, ...(styles && { styles }) };
  const { drawings, order, sheets } = expand(open, script, world);
  requireFewDrawings(drawings.length);
  const filled = drawings.map((drawing) => {
    const one = closed(resolve(drawing.recipe));
    return withWildcards(one, one.seed, wildcards);
  });
  const resolved = filled.map((one) => one.recipe);
  const pictures = resolved.reduce((sum, { batchSize, batchCount }) => sum + batchSize * batchCount, 0);
  if (pictures > mostPictures) throw invalidScript(`makes ${pictures} pictures; at most are ${mostPictures}`);
  if (sheets.length > 0) {
    const rows = sheets.filter(({ tiling }) => tiling === undefined);
    const shown = rows.map(({ places }) => places.filter((place) => 'variant' in place).length);
    const sides = (side: 'width' | 'height') => Math.max(...resolved.map((one) => one[side]));
    const most = rows.length === 0 ? 0 : Math.max(drawings.length, ...shown);
    requireRoomOnSheet(most, sides('width'), sides('height'));
    for (const { tiling } of sheets)
      if (tiling !== undefined) requireRoomOnSheet(1, tiling.width, tiling.height);
  }
  // What was open in the recipe is what the first drawing took.
  const recipe = { ...base, seed: seed === -1 ? resolved[0].seed : seed };
  const plan: Plan = {
    variants: drawings.map(({ place, startsFrom, tile, piece, notes = [] }, index) => ({
      change: changeOf(recipe, resolved[index]),
      modelPath: pathOf(resolved[index].model),
      ...(place && { place }),
      ...(startsFrom !== undefined && { startsFrom }),
      ...(tile && { tile }),
      ...(piece && { piece }),
      notes: [...notes, ...filled[index].notes],
    })),
    order: order ?? drawings.map((__, index) => index),
    sheets,
  };
  if (JSON.stringify(plan).length > largestPlan) {
    throw invalidScript('makes more text than one order may have; take shorter prompts or fewer values');
  }
  return { recipe, plan };
}

/** A variation seed that is without effect is left out, so that recipes stay short. */
function closed({ subseed, ...recipe }: ResolvedRecipe): ResolvedRecipe {
  return (recipe.subseedStrength ?? 0) > 0 ? { ...recipe, subseed } : recipe;
}
