/** What a script makes of a recipe, as it is recorded beside it: everything that a worker needs to know, as data. */
import type { ResolvedRecipe } from '../db/schema.ts';
import { applyChange, type Change } from './change.ts';
import type { Piece } from './outpaint/pieces.ts';
import type { Sheet } from './sheet/sheet.ts';

/** What a script adds to the generation parameters of a picture: names and values, in order. */
export type Notes = readonly (readonly [name: string, value: string])[];

/** Where a drawing lies in a plot, as the legend says it. */
export type PlotPlace = { readonly x?: string; readonly y?: string; readonly z?: string };

/** A part of the enlarged picture to start from, as large as the recipe; where it reaches beyond, there is black. */
export type Tile = {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  /** "None" leaves the picture as it is. */
  readonly upscaler: string;
};

export type Variant = {
  /** What differs from the generation's recipe. */
  readonly change: Change;
  readonly modelPath: string;
  readonly place?: PlotPlace;
  /** The variant whose first picture this one starts from. */
  readonly startsFrom?: number;
  /** Its picture is only a piece of another one, and goes with the job. */
  readonly tile?: Tile;
  /** The same for what is drawn on beyond the edges of its picture. */
  readonly piece?: Piece;
  readonly notes?: Notes;
};

export type Plan = {
  readonly variants: readonly Variant[];
  /** The order of drawing: indices of variants. */
  readonly order: readonly number[];
  /** Their pictures come after those of the variants. */
  readonly sheets: readonly Sheet[];
};

/** A variant in full, and where its pictures stand among those of the generation. */
export type Part = {
  readonly variant: number;
  readonly recipe: ResolvedRecipe;
  readonly modelPath: string;
  /** Index of its first picture. */
  readonly first: number;
  /** Index of the picture that it starts from. */
  readonly startsFrom?: number;
  readonly tile?: Tile;
  readonly piece?: Piece;
  readonly notes: Notes;
};

/** The parts of a generation in the order of the variants; one without a plan is a single part. */
export function partsOf(recipe: ResolvedRecipe, modelPath: string, plan: Plan | null): readonly Part[] {
  if (plan === null) return [{ variant: 0, recipe, modelPath, first: 0, notes: [] }];
  const parts: Part[] = [];
  let first = 0;
  for (const [
    variant,
    { change, modelPath: path, startsFrom, tile, piece, notes = [] },
  ] of plan.variants.entries()) {
    const full = applyChange(recipe, change);
    parts.push({
      variant,
      recipe: full,
      modelPath: path,
      first,
      notes,
      ...(startsFrom !== undefined && { startsFrom: parts[startsFrom].first }),
      ...(tile && { tile }),
      ...(piece && { piece }),
    });
    first += picturesOf(full);
  }
  return parts;
}

export function picturesOf({ batchSize, batchCount }: ResolvedRecipe): number {
  return batchSize * batchCount;
}

/** Why the picture is missing that a variant starts from; `undefined` where it is not, or none is needed. */
export function failureBefore<Failure>(
  variant: number,
  plan: Plan,
  failures: ReadonlyMap<number, Failure>,
): Failure | undefined {
  const before = plan.variants.at(variant)?.startsFrom;
  return before === undefined ? undefined : failures.get(before);
}

/**
 * Numbers of the sheets that are pictures of their own. One picture of tiles of which none was drawn is none.
 * @param isDrawn Whether a variant has pictures.
 */
export function sheetsToKeep({ sheets }: Plan, isDrawn: (variant: number) => boolean): readonly number[] {
  return [...sheets.keys()].filter((number) => {
    const { isPart, tiling, places } = sheets[number];
    const hasPicture = places.some((place) => 'variant' in place && isDrawn(place.variant));
    return isPart !== true && (tiling === undefined || hasPicture);
  });
}

/** Index of the first sheet: after all pictures. */
export function firstSheet(parts: readonly Part[]): number {
  const last = parts.at(-1);
  return last === undefined ? 0 : last.first + picturesOf(last.recipe);
}
