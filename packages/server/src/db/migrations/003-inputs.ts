/** Pictures that drawings start from. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uploads (
      id uuid primary key,
      media bytea not null,
      width int not null,
      height int not null,
      created_at timestamptz(3) not null default now()
    )`.execute(db);
  await sql`create index uploads_media on uploads (media)`.execute(db);
  await sql`create index uploads_created_at on uploads (created_at)`.execute(db);
  await sql`
    create table generation_inputs (
      generation_id uuid not null references generations on delete cascade,
      media bytea not null,
      width int not null,
      height int not null,
      primary key (generation_id, media)
    )`.execute(db);
  await sql`create index generation_inputs_media on generation_inputs (media)`.execute(db);
}
