/** Generations of many drawings: what is to be drawn, what went wrong with some of it, and sheets of the rest. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table generations add column plan jsonb, add column part_errors jsonb`.execute(db);
  await sql`alter table pictures add column is_sheet boolean not null default false`.execute(db);
}
