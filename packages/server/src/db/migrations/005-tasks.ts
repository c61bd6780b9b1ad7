/** Work that draws nothing: enlarging pictures, merging models. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tasks (
      id uuid primary key,
      number bigint not null,
      kind text not null check (kind in ('upscale', 'merge')),
      state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
      request jsonb not null,
      result jsonb,
      created_at timestamptz(3) not null default now(),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      cancel_requested boolean not null default false,
      losses int not null default 0,
      error jsonb
    )`.execute(db);
  await sql`create index tasks_open on tasks (state, number) where state in ('queued', 'running')`.execute(
    db,
  );
  await sql`
    create table task_pictures (
      task_id uuid not null references tasks on delete cascade,
      is_result boolean not null,
      index int not null,
      media bytea not null,
      width int not null,
      height int not null,
      infotext text,
      primary key (task_id, is_result, index)
    )`.execute(db);
  await sql`create index task_pictures_media on task_pictures (media)`.execute(db);
}
