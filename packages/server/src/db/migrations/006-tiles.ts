/** Pieces of pictures that are not finished: kept for a job that goes on after a crash, gone when it ends. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tiles (
      generation_id uuid not null references generations on delete cascade,
      index int not null,
      media bytea not null,
      primary key (generation_id, index)
    )`.execute(db);
  await sql`create index tiles_media on tiles (media)`.execute(db);
}
