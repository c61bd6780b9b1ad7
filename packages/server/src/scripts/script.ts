/** What a script is: pure, from a recipe and arguments to many recipes and the sheets of their pictures. */
import type { ScriptName, Script as ScriptOf } from '@bottega/contract';
import type { ResolvedRecipe } from '../db/schema.ts';
import type { Notes, PlotPlace, Tile } from './plan.ts';
import type { Piece } from './outpaint/pieces.ts';
import type { Sheet } from './sheet/sheet.ts';

/** What a script may ask about the world; tests give their own. */
export type World = {
  /** Below 2^32 - 2, as A1111 draws them. */
  readonly randomSeed: () => number;
  /** The size of a picture to start from. */
  readonly sizeOf: (media: string) => { readonly width: number; readonly height: number } | undefined;
  /** The name of the checkpoint that comes closest to these words. */
  readonly closestModel: (words: string) => string | undefined;
  /** File names of the VAEs that can be chosen. */
  readonly vaes: readonly string[];
};

/** A recipe without open ends but for seeds, which are -1 where they are to be drawn. */
export type OpenRecipe = ResolvedRecipe;

export type Drawing = {
  readonly recipe: OpenRecipe;
  readonly place?: PlotPlace;
  /** The drawing whose first picture this one starts from; one before it. */
  readonly startsFrom?: number;
  readonly tile?: Tile;
  readonly piece?: Piece;
  readonly notes?: Notes;
};

export type Expansion = {
  readonly drawings: readonly Drawing[];
  /** The order of drawing; by default as they are. */
  readonly order?: readonly number[];
  readonly sheets: readonly Sheet[];
};

export type Script<Name extends ScriptName> = {
  /** @throws AppError `request.invalid` naming the argument, and codes of its own. */
  readonly expand: (
    recipe: OpenRecipe,
    args: Extract<ScriptOf, { readonly name: Name }>,
    world: World,
  ) => Expansion;
};

/** Seeds drawn once for all drawings. */
export function withFixedSeeds(recipe: OpenRecipe, { randomSeed }: World): OpenRecipe {
  const { seed, subseed = -1 } = recipe;
  return {
    ...recipe,
    seed: seed === -1 ? randomSeed() : seed,
    subseed: subseed === -1 ? randomSeed() : subseed,
  };
}
