/** Recipes whose prompts have wildcards: each picture gets words of its own. */
import type { ResolvedRecipe } from '../db/schema.ts';
import { changeOf } from '../scripts/change.ts';
import type { Notes, Plan } from '../scripts/plan.ts';
import { fillWildcards } from './fill-wildcards.ts';
import type { Wildcards } from './read-wildcards.ts';

export type Filled = {
  readonly recipe: ResolvedRecipe;
  /** The words before, as A1111's extension writes them; empty where nothing was replaced. */
  readonly notes: Notes;
};

/** The words of one picture. @param seed The picture's. */
export function withWildcards(recipe: ResolvedRecipe, seed: number, wildcards: Wildcards): Filled {
  const fill = (text: string): string => fillWildcards(text, seed, wildcards);
  const { prompt, negativePrompt, hires } = recipe;
  const filled: ResolvedRecipe = {
    ...recipe,
    prompt: fill(prompt),
    negativePrompt: fill(negativePrompt),
    ...(hires && {
      hires: {
        ...hires,
        ...(hires.prompt !== undefined && { prompt: fill(hires.prompt) }),
        ...(hires.negativePrompt !== undefined && { negativePrompt: fill(hires.negativePrompt) }),
      },
    }),
  };
  const changed: (readonly [name: string, before: string | undefined, after: string | undefined])[] = [
    ['Wildcard prompt', prompt, filled.prompt],
    ['Wildcard negative prompt', negativePrompt, filled.negativePrompt],
    ['Wildcard hires prompt', hires?.prompt, filled.hires?.prompt],
    ['Wildcard hires negative prompt', hires?.negativePrompt, filled.hires?.negativePrompt],
  ];
  return {
    recipe: filled,
    notes: changed.flatMap(([name, before, after]) =>
      before === undefined || before === after ? [] : [[name, before] as const],
    ),
  };
}

/** A drawing for each picture; `null` where no prompt has a wildcard that is there. */
export function planWildcards(recipe: ResolvedRecipe, modelPath: string, wildcards: Wildcards): Plan | null {
  if (wildcards.size === 0) return null;
  const isVaried = (recipe.subseedStrength ?? 0) > 0;
  const pictures = Array.from({ length: recipe.batchSize * recipe.batchCount }, (_, index) => {
    const seed = isVaried ? recipe.seed : recipe.seed + index;
    const alone = {
      ...recipe,
      ...startOf(recipe, index),
      batchSize: 1,
      batchCount: 1,
      seed,
      ...(isVaried && { subseed: (recipe.subseed ?? 0) + index }),
    };
    return withWildcards(alone, seed, wildcards);
  });
  if (pictures.every(({ notes }) => notes.length === 0)) return null;
  return {
    variants: pictures.map((picture) => ({
      change: changeOf(recipe, picture.recipe),
      modelPath,
      notes: picture.notes,
    })),
    order: pictures.map((_, index) => index),
    sheets: [],
  };
}

/** Of several pictures to start from, each of a batch has its own. */
function startOf({ start, batchSize }: ResolvedRecipe, index: number): Pick<ResolvedRecipe, 'start'> {
  if (start === undefined || start.images.length < 2) return {};
  return { start: { ...start, images: [start.images[index % batchSize]] } };
}
