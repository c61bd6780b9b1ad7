/** Makes the sheets of a plan from the pictures of a generation, wherever these are kept. */
import type { RgbImage } from '@bottega/diffusion';
import { type Part, picturesOf, type Plan } from '../plan.ts';
import { asOne, composeSheet } from './compose.ts';
import { joinTiles } from './tiles.ts';

/**
 * @param all The plan's parts.
 * @param open Gives a picture by its index; `undefined` leaves its place black.
 * @returns a function that makes a sheet by its number; one that others are made of is made once.
 */
export function sheetMaker(
  plan: Plan,
  all: readonly Part[],
  open: (index: number) => Promise<RgbImage | undefined>,
): (sheet: number) => Promise<RgbImage> {
  const made = new Map<number, RgbImage>();

  async function picturesIn({ first, recipe }: Part): Promise<RgbImage[]> {
    const pictures: RgbImage[] = [];
    for (let i = 0; i < picturesOf(recipe); i++) pictures.push(...[(await open(first + i)) ?? []].flat());
    return pictures;
  }

  return async function make(number: number): Promise<RgbImage> {
    const before = made.get(number);
    if (before !== undefined) return before;
    const sheet = plan.sheets[number];
    const pictures: (RgbImage | undefined)[] = [];
    for (const place of sheet.places) {
      pictures.push(
        'sheet' in place ? await make(place.sheet) : await asOne(await picturesIn(all[place.variant])),
      );
    }
    const { tiling } = sheet;
    const image = tiling === undefined ? await composeSheet(sheet, pictures) : joinTiles(tiling, pictures);
    made.set(number, image);
    return image;
  };
}
