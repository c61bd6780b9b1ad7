/** Reads generations with their pictures, places and progress: always whole, in two or three queries however many. */
import type { Generation, GenerationPage, GenerationState, Queue } from '@bottega/contract';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { GenerationRow } from '../db/schema.ts';
import { pictureColumns, toPicture } from '../gallery/picture.ts';
import { cellsOf } from '../scripts/cells.ts';
import type { ProgressBoard } from './progress.ts';

export type GenerationReader = {
  /** Those that exist, in the order of the ids. */
  byIds(ids: readonly string[]): Promise<Generation[]>;
  /** Newest first; `cursor` is the last id of the page before. */
  page(query: {
    readonly state?: GenerationState;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<GenerationPage>;
  queue(): Promise<Queue>;
  /** Ids of what waits to its place, 1 is next. */
  positions(): Promise<Readonly<Record<string, number>>>;
};

export function createGenerationReader(db: Db, board: ProgressBoard): GenerationReader {
  const columns = [
    'id',
    'number',
    'state',
    'recipe',
    'model_path',
    'created_at',
    'started_at',
    'finished_at',
    'cancel_requested',
    'losses',
    'error',
    'plan',
    'part_errors',
  ] as const;

  async function complete(rows: readonly GenerationRow[]): Promise<Generation[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const [pictures, places] = await Promise.all([
      db
        .selectFrom('pictures')
        .select(pictureColumns)
        .where('generation_id', 'in', ids)
        .orderBy('generation_id')
        .orderBy('index')
        .execute(),
      rows.some((row) => row.state === 'queued') ? positions() : ({} as Record<string, number>),
    ]);
    const byGeneration = Map.groupBy(pictures, (picture) => picture.generation_id);
    return rows.map((row) => {
      const live = row.state === 'running' ? board.get(row.id) : undefined;
      return {
        id: row.id,
        state: row.state,
        recipe: row.recipe,
        model: row.recipe.model,
        createdAt: row.created_at.toISOString(),
        ...(row.started_at && { startedAt: row.started_at.toISOString() }),
        ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
        ...(places[row.id] !== undefined && { position: places[row.id] }),
        ...live,
        pictures: (byGeneration.get(row.id) ?? []).map(toPicture),
        ...(row.plan && { cells: cellsOf(row, row.plan, byGeneration.get(row.id) ?? []) }),
        ...(row.error && { error: row.error }),
      };
    });
  }

  async function positions(): Promise<Record<string, number>> {
    const rows = await db
      .selectFrom('generations')
      .select(['id', sql<number>`row_number() over (order by number)`.as('place')])
      .where('state', '=', 'queued')
      .execute();
    return Object.fromEntries(rows.map(({ id, place }) => [id, place]));
  }

  return {
    positions,
    byIds: async (ids) => {
      if (ids.length === 0) return [];
      const found = await complete(
        await db.selectFrom('generations').select(columns).where('id', 'in', ids).execute(),
      );
      const byId = new Map(found.map((generation) => [generation.id, generation]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    page: async ({ state, cursor, limit }) => {
      const rows = await db
        .selectFrom('generations')
        .select(columns)
        .$if(state !== undefined, (query) => query.where('state', '=', state as GenerationState))
        .$if(cursor !== undefined, (query) => query.where('id', '<', cursor as string))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const generations = await complete(rows.slice(0, limit));
      return { generations, ...(rows.length > limit && { next: rows[limit - 1].id }) };
    },
    queue: async () => {
      const rows = await db
        .selectFrom('generations')
        .select(columns)
        .where('state', 'in', ['queued', 'running'])
        .orderBy('number')
        .execute();
      const all = await complete(rows);
      return {
        running: all.filter((generation) => generation.state === 'running'),
        queued: all.filter((generation) => generation.state === 'queued'),
      };
    },
  };
}
