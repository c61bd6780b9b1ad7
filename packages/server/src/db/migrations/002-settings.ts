/** Settings that clients write: JSON objects by name. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table settings (name text primary key, value jsonb not null)`.execute(db);
}
