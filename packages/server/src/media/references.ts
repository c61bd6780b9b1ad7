/** Which rows show which files: a file goes with its last row. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { MediaStore } from './media-store.ts';
import type { Thumbnails } from './thumbnails.ts';

/** Until the transaction ends, nobody else stores or removes this file. */
export async function lockMedia(trx: Kysely<Schema>, hash: Buffer): Promise<void> {
  await sql`select pg_advisory_xact_lock(${hash.readInt32BE(0)}, ${hash.readInt32BE(4)})`.execute(trx);
}

/**
 * Removes the files that no row shows any longer. The rows have been deleted in the same transaction, and this is
 * its last act.
 */
export async function releaseMedia(
  trx: Kysely<Schema>,
  hashes: readonly Buffer[],
  stores: { readonly media: MediaStore; readonly thumbnails: Pick<Thumbnails, 'remove'> },
): Promise<void> {
  const different = new Map(hashes.map((hash) => [hash.toString('hex'), hash]));
  // In one order everywhere, so that two deletions cannot wait for each other.
  for (const [, hash] of [...different].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    await lockMedia(trx, hash);
    if (await isShown(trx, hash)) continue;
    await stores.media.remove(hash);
    await stores.thumbnails.remove(hash);
  }
}

/** Every table whose rows name files; pictures name those of their masks, too. */
const showing = ['pictures', 'uploads', 'generation_inputs', 'task_pictures', 'tiles'] as const;

async function isShown(trx: Kysely<Schema>, hash: Buffer): Promise<boolean> {
  for (const table of showing) {
    const row = await trx
      .selectFrom(table)
      .select('media')
      .where('media', '=', hash)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  const beside = await trx
    .selectFrom('pictures')
    .select('media')
    .where((eb) => eb.or([eb('mask', '=', hash), eb('composite', '=', hash)]))
    .limit(1)
    .executeTakeFirst();
  return beside !== undefined;
}
