/** The gallery: finished pictures, newest first, found by the words of their prompts. */
import { AppError, type Picture, type PicturePage } from '@bottega/contract';
import { type ExpressionBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { isUuid } from '../db/uuid.ts';
import { notify } from '../events/channel.ts';
import type { MediaStore } from '../media/media-store.ts';
import { releaseMedia } from '../media/references.ts';
import type { Thumbnails } from '../media/thumbnails.ts';
import { filesOf, pictureColumns, pictureFiles, toPicture } from './picture.ts';

export type Gallery = {
  /** @throws AppError `request.invalid` for a cursor that is none. */
  page(query: {
    readonly search?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): Promise<PicturePage>;
  /** @throws AppError `picture.unknown`. */
  get(id: string): Promise<Picture>;
  /** Its file goes with the last picture that shows it. @throws AppError `picture.unknown`. */
  remove(id: string): Promise<void>;
  count(): Promise<number>;
};

export function createGallery(
  db: Db,
  stores: { readonly media: MediaStore; readonly thumbnails: Thumbnails },
): Gallery {
  async function count(search?: string): Promise<number> {
    const { total } = await db
      .selectFrom('pictures')
      .select(sql<number>`count(*)`.as('total'))
      .$if(search !== undefined, (query) => query.where((eb) => matches(eb, search as string)))
      .executeTakeFirstOrThrow();
    return total;
  }

  return {
    count,
    page: async ({ search: text, cursor, limit }) => {
      if (cursor !== undefined && !isUuid(cursor)) {
        throw new AppError('request.invalid', {
          field: 'cursor',
          reason: 'is not one that this server gave',
        });
      }
      const search = text?.replaceAll('\0', '').trim() || undefined;
      const [rows, total] = await Promise.all([
        db
          .selectFrom('pictures')
          .select(pictureColumns)
          .$if(search !== undefined, (query) => query.where((eb) => matches(eb, search as string)))
          .$if(cursor !== undefined, (query) => query.where('id', '<', cursor as string))
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
        count(search),
      ]);
      const pictures = rows.slice(0, limit).map(toPicture);
      return { pictures, total, ...(rows.length > limit && { next: rows[limit - 1].id }) };
    },
    get: async (id) => {
      const row = isUuid(id)
        ? await db.selectFrom('pictures').select(pictureColumns).where('id', '=', id).executeTakeFirst()
        : undefined;
      if (row === undefined) throw unknown(id);
      return toPicture(row);
    },
    remove: async (id) => {
      if (!isUuid(id)) throw unknown(id);
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .deleteFrom('pictures')
          .where('id', '=', id)
          .returning(pictureFiles)
          .executeTakeFirst();
        if (row === undefined) throw unknown(id);
        await notify(trx, 'bottega_events', { type: 'picture-deleted', id });
        await releaseMedia(trx, filesOf(row), stores);
      });
    },
  };
}

function unknown(id: string): AppError {
  return new AppError('picture.unknown', { id });
}

/**
 * Every word must occur, at least as a beginning: PostgreSQL's `simple` text search takes words apart as it did when
 * it indexed the prompts. Words without a letter or digit (emoji) are not indexed and are looked for as they stand.
 */
function matches(eb: ExpressionBuilder<Schema, 'pictures'>, search: string) {
  const words = search.split(/\s+/).slice(0, 50);
  const [indexed, signs] = [
    words.filter((word) => indexable.test(word)),
    words.filter((word) => !indexable.test(word)),
  ];
  const query = sql`to_tsquery('simple', regexp_replace(plainto_tsquery('simple', ${indexed.join(' ')})::text, '''( |$)', ''':*\\1', 'g'))`;
  return eb.and([
    ...(indexed.length === 0 ? [] : [sql<boolean>`search @@ ${query}`]),
    ...signs.map((sign) => sql<boolean>`strpos(prompt || ' ' || negative_prompt, ${sign}) > 0`),
  ]);
}

const indexable = /[\p{L}\p{N}]/u;
