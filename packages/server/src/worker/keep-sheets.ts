/** Makes a plan's sheets of the pictures that exist, and keeps them as pictures of the generation. */
import type { RgbImage } from '@bottega/diffusion';
import { loadSharp } from '../media/load-sharp.ts';
import type { MediaStore } from '../media/media-store.ts';
import { firstSheet, type Part, picturesOf, type Plan } from '../scripts/plan.ts';
import type { JobStore } from './job-store.ts';

export type SheetParts = {
  readonly jobs: Pick<JobStore, 'keep'>;
  readonly media: Pick<MediaStore, 'get'>;
};

/**
 * Missing pictures leave their places black; sheets that exist are not made again, and of no pictures none.
 * @param stored Files of pictures by their indices.
 * @returns false where the generation was deleted meanwhile.
 */
export async function keepSheets(
  id: string,
  plan: Plan,
  all: readonly Part[],
  stored: ReadonlyMap<number, Buffer>,
  { jobs, media }: SheetParts,
): Promise<boolean> {
  const { asOne, composeSheet } = await import('../scripts/sheet/compose.ts');
  const { withNotes } = await import('../scripts/notes.ts');
  const { readInfotext } = await import('@bottega/diffusion');
  const made = new Map<number, RgbImage>();

  async function open(index: number): Promise<RgbImage[]> {
    const hash = stored.get(index);
    const file = hash && (await media.get(hash));
    return file === undefined ? [] : [await decode(file)];
  }

  async function picturesIn(part: Part): Promise<RgbImage[]> {
    const pictures: RgbImage[] = [];
    for (let i = 0; i < picturesOf(part.recipe); i++) pictures.push(...(await open(part.first + i)));
    return pictures;
  }

  async function make(number: number): Promise<RgbImage> {
    const before = made.get(number);
    if (before !== undefined) return before;
    const sheet = plan.sheets[number];
    const pictures: (RgbImage | undefined)[] = [];
    for (const place of sheet.places) {
      pictures.push(
        'sheet' in place ? await make(place.sheet) : await asOne(await picturesIn(all[place.variant])),
      );
    }
    const image = await composeSheet(sheet, pictures);
    made.set(number, image);
    return image;
  }

  for (const [number, { like, notes, isPart }] of plan.sheets.entries()) {
    const index = firstSheet(all) + number;
    const model = await media.get(
      stored.get(all[like].first) ?? stored.values().next().value ?? Buffer.alloc(32),
    );
    if (isPart === true || stored.has(index) || model === undefined) continue;
    const image = await make(number);
    const infotext = withNotes(readInfotext(model) ?? '', notes);
    const { recipe } = all[like];
    const file = await jobs.keep(id, recipe, { index, seed: recipe.seed, image, infotext, isSheet: true });
    if (file === undefined) return false;
  }
  return true;
}

async function decode(file: Buffer): Promise<RgbImage> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
