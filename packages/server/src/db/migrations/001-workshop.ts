/** Generations, their pictures, and what is known about model files. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table generations (
      id uuid primary key,
      number bigint generated always as identity,
      state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
      recipe jsonb not null,
      model_path text not null,
      created_at timestamptz(3) not null default now(),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      cancel_requested boolean not null default false,
      losses int not null default 0,
      error jsonb
    )`.execute(db);
  // Only what waits or runs is indexed: the queue stays quick however long the history grows.
  await sql`create index generations_open on generations (state, number) where state in ('queued', 'running')`.execute(
    db,
  );
  await sql`
    create table pictures (
      id uuid primary key,
      generation_id uuid not null references generations on delete cascade,
      index int not null,
      media bytea not null,
      width int not null,
      height int not null,
      seed bigint not null,
      prompt text not null,
      negative_prompt text not null,
      model text not null,
      infotext text not null,
      created_at timestamptz(3) not null default now(),
      search tsvector not null generated always as (to_tsvector('simple', prompt || ' ' || negative_prompt)) stored,
      unique (generation_id, index)
    )`.execute(db);
  await sql`create index pictures_media on pictures (media)`.execute(db);
  await sql`create index pictures_search on pictures using gin (search)`.execute(db);
  await sql`
    create table model_files (
      path text primary key,
      bytes bigint not null,
      modified double precision not null,
      sha256 text not null
    )`.execute(db);
}
