/** Reads generations with their pictures, places and progress: always whole, in one or two queries however many. */
import type { Generation, GenerationPage, GenerationState, Queue } from '@bottega/contract';
import { type ExpressionBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/connect.ts';
import type { GenerationRow, PictureRow, Schema } from '../db/schema.ts';
import { pictureColumns, pictureFiles, toPicture } from '../gallery/picture.ts';
import { cellsOf } from '../scripts/cells.ts';
import type { ProgressBoard } from './progress.ts';

export type GenerationReader = {
  /** One that was accepted just now: nothing but its row is to be read. @param place In the queue, 1 is next. */
  accepted(row: GenerationRow, place: number): Generation;
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

/** All of a row. */
export const generationColumns = [
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

export function createGenerationReader(db: Db, board: ProgressBoard): GenerationReader {
  /** With the pictures of the same moment: what is done has all of them. */
  const select = () => db.selectFrom('generations').select(generationColumns).select(picturesOf);

  async function complete(rows: readonly FoundRow[]): Promise<Generation[]> {
    const places = rows.some((row) => row.state === 'queued') ? await positions() : {};
    return rows.map((row) => toGeneration(row, places[row.id]));
  }

  function toGeneration(row: FoundRow, place?: number): Generation {
    const pictures = row.pictures.map(fromJson);
    const live = row.state === 'running' ? board.get(row.id) : undefined;
    return {
      id: row.id,
      state: row.state,
      recipe: row.recipe,
      model: row.recipe.model,
      createdAt: row.created_at.toISOString(),
      ...(row.started_at && { startedAt: row.started_at.toISOString() }),
      ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
      ...(place !== undefined && { position: place }),
      ...live,
      pictures: pictures.map(toPicture),
      ...(row.plan && { cells: cellsOf(row, row.plan, pictures) }),
      ...(row.error && { error: row.error }),
    };
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
    accepted: (row, place) => toGeneration({ ...row, pictures: [] }, place),
    positions,
    byIds: async (ids) => {
      if (ids.length === 0) return [];
      const found = await complete(await select().where('id', 'in', ids).execute());
      const byId = new Map(found.map((generation) => [generation.id, generation]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    page: async ({ state, cursor, limit }) => {
      const rows = await select()
        .$if(state !== undefined, (query) => query.where('state', '=', state as GenerationState))
        .$if(cursor !== undefined, (query) => query.where('id', '<', cursor as string))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const generations = await complete(rows.slice(0, limit));
      return { generations, ...(rows.length > limit && { next: rows[limit - 1].id }) };
    },
    queue: async () => {
      const rows = await select().where('state', 'in', ['queued', 'running']).orderBy('number').execute();
      const all = await complete(rows);
      return {
        running: all.filter((generation) => generation.state === 'running'),
        queued: all.filter((generation) => generation.state === 'queued'),
      };
    },
  };
}

type FileColumn = (typeof pictureFiles)[number];
type JsonPicture = Omit<PictureRow, FileColumn | 'created_at'> & {
  /** Hex. */
  readonly media: string;
  readonly mask: string | null;
  readonly composite: string | null;
  readonly created_at: string;
};

type FoundRow = GenerationRow & { readonly pictures: readonly JsonPicture[] };

const files: ReadonlySet<string> = new Set(pictureFiles);
type PlainColumn = Exclude<(typeof pictureColumns)[number], FileColumn>;

function picturesOf(eb: ExpressionBuilder<Schema, 'generations'>) {
  const pictures = eb
    .selectFrom('pictures')
    .select(pictureColumns.filter((column): column is PlainColumn => !files.has(column)))
    .select([
      sql<string>`encode(media, 'hex')`.as('media'),
      sql<string | null>`encode(mask, 'hex')`.as('mask'),
      sql<string | null>`encode(composite, 'hex')`.as('composite'),
    ])
    .whereRef('generation_id', '=', 'generations.id')
    .orderBy('index');
  return jsonArrayFrom(pictures).as('pictures');
}

function fromJson(picture: JsonPicture): PictureRow {
  return {
    ...picture,
    media: Buffer.from(picture.media, 'hex'),
    mask: picture.mask === null ? null : Buffer.from(picture.mask, 'hex'),
    composite: picture.composite === null ? null : Buffer.from(picture.composite, 'hex'),
    created_at: new Date(picture.created_at),
  };
}
