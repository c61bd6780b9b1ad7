/** Makes the sheets of a plan from the pictures of a generation, wherever these are kept. */
import type { Start } from '@bottega/contract';
import type { RgbImage } from '@bottega/diffusion';
import { onGround } from '../outpaint/open-piece.ts';
import { type Part, picturesOf, type Plan } from '../plan.ts';
import type { SheetPlace } from './sheet.ts';
import { asOne, composeSheet } from './compose.ts';
import { cut, joinTiles } from './tiles.ts';

type TileOfStart = Extract<SheetPlace, { start: unknown }>['start'];

/**
 * Makes them.
 * @param all The plan's parts.
 * @param open Gives a picture by its index; `undefined` leaves its place black.
 * @param openStart Gives the first picture to start from; without it tiles of that are black.
 * @returns a function that makes a sheet by its number; one that others are made of is made once.
 */
export function sheetMaker(
  plan: Plan,
  all: readonly Part[],
  open: (index: number) => Promise<RgbImage | undefined>,
  openStart?: (start: Start) => Promise<RgbImage | undefined>,
): (sheet: number) => Promise<RgbImage> {
  const made = new Map<number, RgbImage>();

  async function picturesIn({ first, recipe }: Part): Promise<RgbImage[]> {
    const pictures: RgbImage[] = [];
    for (let i = 0; i < picturesOf(recipe); i++) pictures.push(...[(await open(first + i)) ?? []].flat());
    return pictures;
  }

  async function tileOfStart({ ground, x, y }: TileOfStart, { recipe }: Part): Promise<RgbImage | undefined> {
    const picture = recipe.start && (await openStart?.(recipe.start));
    return picture && cut(onGround(picture, ground), x, y, recipe);
  }

  return async function make(number: number): Promise<RgbImage> {
    const before = made.get(number);
    if (before !== undefined) return before;
    const sheet = plan.sheets[number];
    const pictures: (RgbImage | undefined)[] = [];
    for (const place of sheet.places) {
      if ('sheet' in place) pictures.push(await make(place.sheet));
      else if ('variant' in place) pictures.push(await asOne(await picturesIn(all[place.variant])));
      else pictures.push(await tileOfStart(place.start, all[sheet.like]));
    }
    const { tiling } = sheet;
    const image = tiling === undefined ? await composeSheet(sheet, pictures) : joinTiles(tiling, pictures);
    made.set(number, image);
    return image;
  };
}
