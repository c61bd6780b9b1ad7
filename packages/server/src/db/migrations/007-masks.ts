/** What a mask tells beside a picture: the mask, and what was drawn under it. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table pictures add column mask bytea, add column composite bytea`.execute(db);
  await sql`create index pictures_mask on pictures (mask) where mask is not null`.execute(db);
  await sql`create index pictures_composite on pictures (composite) where composite is not null`.execute(db);
}
