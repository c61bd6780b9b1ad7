/** The studio: orders for pictures, from acceptance to their end. */
import {
  AppError,
  type Generation,
  type GenerationPage,
  type GenerationState,
  type Queue,
  type RecipeInput,
} from '@bottega/contract';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { GenerationRow } from '../db/schema.ts';
import { isUuid, uuidV7 } from '../db/uuid.ts';
import { notify, notifyBoth } from '../events/channel.ts';
import type { EventHub } from '../events/hub.ts';
import { filesOf, pictureFiles } from '../gallery/picture.ts';
import { untilEnded } from '../events/until-ended.ts';
import type { MediaStore } from '../media/media-store.ts';
import { holdInputs, sizesOf } from '../media/inputs.ts';
import { releaseMedia } from '../media/references.ts';
import type { Thumbnails } from '../media/thumbnails.ts';
import type { Models } from '../models/models.ts';
import { jobRows } from '../queue/job-rows.ts';
import type { Queue as JobQueue } from '../queue/queue.ts';
import { generationColumns, type GenerationReader } from './generation-reader.ts';
import { type OrderParts, planOrder } from './plan-order.ts';

export type Studio = {
  /**
   * Accepts an order: when it resolves, the generation survives everything but the loss of the disk.
   * @throws AppError `request.invalid`, `media.unknown`, `model.unknown`, `model.none`, `vae.unknown`, `control-net.unknown`,
   *   `queue.full`; EngineError for unknown samplers and preprocessors.
   */
  create(recipe: RecipeInput): Promise<Generation>;
  /** @throws AppError `generation.unknown`. */
  get(id: string): Promise<Generation>;
  list(query: {
    readonly state?: GenerationState;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<GenerationPage>;
  queue(): Promise<Queue>;
  /**
   * Ends it: at once where it waits, at the next step where it runs (the answer may still say `running`).
   * @throws AppError `generation.unknown`, `generation.finished`.
   */
  cancel(id: string): Promise<Generation>;
  /**
   * Leaves the present one of its drawings for the next.
   * @returns false where it does not run, or is a single drawing.
   */
  skip(id: string): Promise<boolean>;
  /** Removes it with its pictures; one that runs is stopped. @throws AppError `generation.unknown`. */
  remove(id: string): Promise<void>;
  /**
   * Resolves when it has ended, however it did.
   * @throws AppError `generation.unknown` where it is deleted meanwhile; the signal's reason where that is aborted.
   */
  finished(id: string, signal?: AbortSignal): Promise<Generation>;
};

export type StudioParts = OrderParts & {
  readonly db: Db;
  readonly jobs: JobQueue;
  readonly reader: GenerationReader;
  readonly models: Models;
  readonly hub: EventHub;
  readonly media: MediaStore;
  readonly thumbnails: Thumbnails;
  readonly queueLimit: number;
};

export function createStudio(parts: StudioParts): Studio {
  const { db, jobs, reader, models, hub } = parts;
  const rows = jobRows('generation', jobs);

  async function get(id: string): Promise<Generation> {
    const [generation] = isUuid(id) ? await reader.byIds([id.toLowerCase()]) : [];
    if (generation === undefined) throw new AppError('generation.unknown', { id });
    return generation;
  }

  return {
    get,
    list: (query) =>
      query.cursor === undefined || isUuid(query.cursor) ? reader.page(query) : Promise.reject(badCursor()),
    queue: reader.queue,

    create: async (input) => {
      const { recipe, plan, inputs } = await planOrder(input, parts, (named) => sizesOf(db, named));
      const id = uuidV7();
      return db.transaction().execute(async (trx) => {
        // One after the other, so that the limit is exact and numbers are visible in their order.
        await sql`select pg_advisory_xact_lock(${acceptanceLock})`.execute(trx);
        const { rows } = await sql<GenerationRow & { readonly before: number }>`
          insert into generations (id, state, recipe, model_path, plan)
          select ${id}, 'queued', ${JSON.stringify(recipe)}, ${models.pathOf(recipe.model)},
            ${plan === null ? null : JSON.stringify(plan)}
          where (select count(*) from generations where state = 'queued') < ${parts.queueLimit}
          returning ${sql.join(generationColumns.map((name) => sql.ref(name)))},
            (select count(*) from generations where state = 'queued') as before`.execute(trx);
        const [row] = rows;
        if (row === undefined) throw new AppError('queue.full', { count: parts.queueLimit });
        await jobs.add(trx, { id, kind: 'generation' }, row.number);
        await holdInputs(trx, id, inputs);
        await notifyBoth(trx, { type: 'generation', id }, { type: 'job' });
        return reader.accepted(row, row.before + 1);
      });
    },

    cancel: async (key) => {
      const { id } = await get(key);
      await db.transaction().execute((trx) => rows.cancel(trx, id));
      return get(id);
    },

    skip: async (key) => {
      const { id, state, cells } = await get(key);
      if (state !== 'running' || cells === undefined) return false;
      await notify(db, 'bottega_work', { type: 'skip', id });
      return true;
    },

    remove: async (key) => {
      const { id } = await get(key);
      await db.transaction().execute(async (trx) => {
        await trx.selectFrom('generations').select('id').where('id', '=', id).forUpdate().execute();
        const pictures = await trx
          .deleteFrom('pictures')
          .where('generation_id', '=', id)
          .returning(pictureFiles)
          .execute();
        const tiles = await trx
          .deleteFrom('tiles')
          .where('generation_id', '=', id)
          .returning('media')
          .execute();
        const inputs = await trx
          .deleteFrom('generation_inputs')
          .where('generation_id', '=', id)
          .returning('media')
          .execute();
        await trx.deleteFrom('generations').where('id', '=', id).execute();
        await jobs.drop(trx, [id]);
        await notify(trx, 'bottega_work', { type: 'cancel', id });
        await notify(trx, 'bottega_events', { type: 'generation-deleted', id });
        await releaseMedia(
          trx,
          [...pictures.flatMap(filesOf), ...[...tiles, ...inputs].map(({ media }) => media)],
          parts,
        );
      });
    },

    finished: (id, signal) =>
      untilEnded(
        hub,
        {
          get: () => get(id),
          seen: (event) => {
            if (event.type === 'generation-deleted' && event.id === id) return 'deleted';
            return event.type === 'generation' && event.generation.id === id ? event.generation : undefined;
          },
          unknown: () => new AppError('generation.unknown', { id }),
        },
        signal,
      ),
  };
}

const acceptanceLock = 7860;

function badCursor(): AppError {
  return new AppError('request.invalid', { field: 'cursor', reason: 'is not one that this server gave' });
}
