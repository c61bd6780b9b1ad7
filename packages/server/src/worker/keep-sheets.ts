/** Makes a plan's sheets of the pictures that exist, and keeps them as pictures of the generation. */
import type { MediaStore } from '../media/media-store.ts';
import { openFirst } from '../media/open-start.ts';
import { firstSheet, type Part, type Plan, sheetsToKeep } from '../scripts/plan.ts';
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
  const indexOf = (sheet: number): number => firstSheet(all) + sheet;
  const missing = sheetsToKeep(plan, (variant) => stored.has(all[variant].first)).filter(
    (number) => !stored.has(indexOf(number)),
  );
  if (missing.length === 0 || anyPicture === undefined) return true;
  // The engine has been loaded by now; before, a worker does without it.
  const [{ sheetMaker }, { decode }, { withNotes }, { readInfotext }] = await Promise.all([
    import('../scripts/sheet/make-sheet.ts'),
    import('../scripts/sheet/decode.ts'),
    import('../scripts/notes.ts'),
    import('@bottega/diffusion'),
  ]);
  const make = sheetMaker(
    plan,
    all,
    async (index) => {
      const hash = stored.get(index);
      const file = hash && (await media.get(hash));
      return file && decode(file);
    },
    (start) => openFirst(start, media),
  );
  for (const number of missing) {
    const { like, notes, tiling } = plan.sheets[number];
    const { recipe, first } = all[like];
    const model = await media.get(stored.get(first) ?? anyPicture);
    const infotext = withNotes((model && readInfotext(model)) ?? '', notes);
    const image = await make(number);
    const as = tiling === undefined ? ('sheet' as const) : undefined;
    const file = await jobs.keep(id, recipe, {
      index: indexOf(number),
      seed: recipe.seed,
      image,
      infotext,
      as,
    });
    if (file === undefined) return false;
  }
  return true;
}
