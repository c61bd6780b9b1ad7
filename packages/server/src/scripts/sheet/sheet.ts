/** A sheet: pictures of one generation side by side, with what they stand for written around them. */
import type { Ground } from '../outpaint/pieces.ts';
import type { Notes } from '../plan.ts';

/** A piece of a label; a struck one names what is left out. */
export type Line = { readonly text: string; readonly struck?: boolean };
export type Label = readonly Line[];

/** The pictures of a variant, another sheet of the plan, or a tile of the picture to start from on its ground. */
export type SheetPlace =
  | { readonly variant: number }
  | { readonly sheet: number }
  | { readonly start: { readonly ground: Ground; readonly x: number; readonly y: number } };

/** Where tiles lie in a picture of this size; neighbours share so many pixels. */
export type Tiling = {
  readonly width: number;
  readonly height: number;
  readonly overlap: number;
  readonly corners: readonly { readonly x: number; readonly y: number }[];
};

export type Sheet = {
  readonly columns: number;
  /** Row by row. */
  readonly places: readonly SheetPlace[];
  /** One a column and one a row; both empty where nothing is written. */
  readonly columnLabels: readonly Label[];
  readonly rowLabels: readonly Label[];
  /** Pixels between the pictures; only where something is written around them, as in A1111. */
  readonly margin: number;
  /** The variant whose first picture lends the sheet its generation parameters. */
  readonly like: number;
  /** What is added to them. */
  readonly notes: Notes;
  /** Laid out as tiles of one picture, place by place; without it in rows. */
  readonly tiling?: Tiling;
  /** Whether it is only a part of another sheet and not a picture of its own. */
  readonly isPart?: boolean;
};
