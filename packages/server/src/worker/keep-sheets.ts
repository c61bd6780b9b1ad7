/** Makes a plan's sheets of the pictures that exist, and keeps them as pictures of the generation. */
import type { Start } from '@bottega/contract';
import type { MediaStore } from '../media/media-store.ts';
import { openPicture } from '../media/open-start.ts';
import { firstSheet, type Part, type Plan } from '../scripts/plan.ts';
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
  const [anyPicture] = stored.values();
  const missing = plan.sheets.some(
    ({ isPart }, number) => isPart !== true && !stored.has(firstSheet(all) + number),
  );
  if (!missing || anyPicture === undefined) return true;
  // The engine has been loaded by now; before, a worker does without it.
  const [{ sheetMaker }, { decode }, { withNotes }, { readInfotext }] = await Promise.all([
    import('../scripts/sheet/make-sheet.ts'),
    import('../scripts/sheet/decode.ts'),
    import('../scripts/notes.ts'),
    import('@bottega/diffusion'),
  ]);
  const openStart = async ({ images, background }: Start) => {
    const file = await media.get(Buffer.from(images[0], 'hex'));
    return file && openPicture(file, background);
  };
  const make = sheetMaker(
    plan,
    all,
    async (index) => {
      const hash = stored.get(index);
      const file = hash && (await media.get(hash));
      return file && decode(file);
    },
    openStart,
  );
  const isDrawn = (variant: number): boolean => stored.has(all[variant].first);
  for (const [number, { like, notes, isPart, tiling, places }] of plan.sheets.entries()) {
    const index = firstSheet(all) + number;
    if (isPart === true || stored.has(index)) continue;
    // A picture of tiles of which none was drawn is none.
    if (tiling !== undefined && !places.some((place) => 'variant' in place && isDrawn(place.variant)))
      continue;
    const { recipe, first } = all[like];
    const model = await media.get(stored.get(first) ?? anyPicture);
    const infotext = withNotes((model && readInfotext(model)) ?? '', notes);
    const image = await make(number);
    const as = tiling === undefined ? ('sheet' as const) : undefined;
    const file = await jobs.keep(id, recipe, { index, seed: recipe.seed, image, infotext, as });
    if (file === undefined) return false;
  }
  return true;
}
