/** The rows of the generation that a worker draws. */
import type { GenerationEvent } from '@bottega/diffusion';
import type { Db } from '../db/connect.ts';
import type { ResolvedRecipe } from '../db/schema.ts';
import { uuidV7 } from '../db/uuid.ts';
import type { MediaStore } from '../media/media-store.ts';
import { putAll } from '../media/put-all.ts';
import { lockMedia, releaseMedia } from '../media/references.ts';
import { jobRows } from '../queue/job-rows.ts';
import type { Queue } from '../queue/queue.ts';
import type { Plan } from '../scripts/plan.ts';

export type Begun = {
  readonly recipe: ResolvedRecipe;
  readonly modelPath: string;
  readonly plan: Plan | null;
  /** SHA-256 of the files of models, where it is known. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Indices of the pictures that exist, with their files. */
  readonly stored: ReadonlyMap<number, Buffer>;
};

export type Failure = { readonly code: string; readonly message: string };

type PictureEvent = Extract<GenerationEvent, { type: 'picture' }>;
/** A picture of the generation, or a sheet of several. */
export type Finished = Pick<PictureEvent, 'index' | 'seed' | 'image' | 'infotext' | 'mask' | 'composite'> & {
  /** What it is beside a picture: one of several, or a piece that goes when the job ends. */
  readonly as?: 'sheet' | 'tile';
};

/** Every change is one transaction together with the job's, so that the two never disagree. */
export type JobStore = {
  /** Marks it as running; `undefined` where there is nothing to draw (ended, cancelled or deleted meanwhile). */
  begin(id: string): Promise<Begun | undefined>;
  /** Durable when it resolves. @returns its file; `undefined` where the generation has been deleted meanwhile. */
  keep(id: string, recipe: ResolvedRecipe, picture: Finished): Promise<Buffer | undefined>;
  /** @param parts What went wrong with some of its variants. */
  end(
    id: string,
    state: 'done' | 'cancelled' | 'failed',
    error?: Failure,
    parts?: ReadonlyMap<number, Failure>,
  ): Promise<void>;
  /** Back into the queue, at its old place. */
  putBack(id: string, delaySeconds?: number): Promise<void>;
};

/** Nobody is shown a tile. */
const noThumbnails = { remove: async (): Promise<void> => {} };

export function createJobStore(db: Db, queue: Queue, media: MediaStore): JobStore {
  const rows = jobRows('generation', queue);
  return {
    begin: (id) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('generations')
          .set({ state: 'running', started_at: new Date() })
          .where('id', '=', id)
          .where('state', 'in', ['queued', 'running'])
          .where('cancel_requested', '=', false)
          .returning(['recipe', 'model_path', 'plan'])
          .executeTakeFirst();
        if (row === undefined) {
          await rows.nothingToDo(trx, id);
          return undefined;
        }
        const pictures = await trx
          .selectFrom('pictures')
          .select(['index', 'media'])
          .where('generation_id', '=', id)
          .execute();
        // Only what a script makes of a picture has pieces.
        const tiles = row.plan
          ? await trx.selectFrom('tiles').select(['index', 'media']).where('generation_id', '=', id).execute()
          : [];
        const paths = new Set([row.model_path, ...(row.plan?.variants ?? []).map((one) => one.modelPath)]);
        const files = await trx
          .selectFrom('model_files')
          .select(['path', 'sha256'])
          .where('path', 'in', [...paths])
          .execute();
        await rows.told(trx, id);
        return {
          recipe: row.recipe,
          modelPath: row.model_path,
          plan: row.plan,
          hashes: new Map(files.map(({ path, sha256 }) => [path, sha256])),
          stored: new Map([...tiles, ...pictures].map(({ index, media: file }) => [index, file])),
        };
      }),

    keep: async (id, recipe, { index, seed, image, infotext, mask, composite, as }) => {
      // With the first picture the engine has been loaded; before, a worker does without it.
      const { encodePng } = await import('@bottega/diffusion');
      const files = [
        encodePng(image, infotext),
        as === 'tile' ? undefined : mask && encodePng(mask),
        as === 'tile' ? undefined : composite && encodePng(composite),
      ] as const;
      return db.transaction().execute(async (trx) => {
        const alive = await trx
          .selectFrom('generations')
          .select('id')
          .where('id', '=', id)
          .forKeyShare()
          .executeTakeFirst();
        if (alive === undefined) return undefined;
        const [hash, maskHash, compositeHash] = await putAll(media, files, (known) => lockMedia(trx, known));
        if (as === 'tile') {
          await trx
            .insertInto('tiles')
            .values({ generation_id: id, index, media: hash })
            .onConflict((conflict) => conflict.columns(['generation_id', 'index']).doNothing())
            .execute();
          return hash;
        }
        await trx
          .insertInto('pictures')
          .values({
            id: uuidV7(),
            generation_id: id,
            index,
            media: hash,
            width: image.width,
            height: image.height,
            seed,
            prompt: recipe.prompt,
            negative_prompt: recipe.negativePrompt,
            model: recipe.model,
            infotext,
            is_sheet: as === 'sheet',
            mask: maskHash,
            composite: compositeHash,
          })
          .onConflict((conflict) => conflict.columns(['generation_id', 'index']).doNothing())
          .execute();
        await rows.told(trx, id);
        return hash;
      });
    },

    end: (id, state, error, parts = new Map()) =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('generations')
          .set({
            state,
            finished_at: new Date(),
            error: error === undefined ? null : JSON.stringify(error),
            part_errors: parts.size === 0 ? null : JSON.stringify(Object.fromEntries(parts)),
          })
          .where('id', '=', id)
          .execute();
        await queue.finish(trx, id);
        await rows.told(trx, id);
        const tiles = await trx
          .deleteFrom('tiles')
          .where('generation_id', '=', id)
          .returning('media')
          .execute();
        await releaseMedia(
          trx,
          tiles.map((tile) => tile.media),
          { media, thumbnails: noThumbnails },
        );
      }),

    putBack: (id, delaySeconds) => db.transaction().execute((trx) => rows.putBack(trx, id, delaySeconds)),
  };
}
