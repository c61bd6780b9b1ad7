/** Which pictures a generation starts from: as long as it exists, so do they. */
import { AppError } from '@bottega/contract';
import type { Kysely } from 'kysely';
import type { ResolvedRecipe, Schema } from '../db/schema.ts';
import { lockMedia } from './references.ts';

export type Size = { readonly width: number; readonly height: number };

/** The pictures that a recipe names, by the fields that name them; each once. */
export function inputsOf({
  start,
  hires,
  controls = [],
}: Pick<ResolvedRecipe, 'start' | 'hires' | 'controls'>): ReadonlyMap<string, string> {
  const named: [string, string][] = (start?.images ?? []).map((id, i) => [id, `start.images.${i}`]);
  if (start?.mask !== undefined) named.push([start.mask.image, 'start.mask.image']);
  if (start?.mask?.latents !== undefined) named.push([start.mask.latents, 'start.mask.latents']);
  if (hires?.firstPass !== undefined) named.push([hires.firstPass, 'hires.firstPass']);
  for (const [i, { image, mask }] of controls.entries()) {
    if (image !== undefined) named.push([image, `controls.${i}.image`]);
    if (mask !== undefined) named.push([mask, `controls.${i}.mask`]);
  }
  return new Map(named.toReversed());
}

/**
 * The sizes of pictures that the server holds, whoever sent or drew them.
 * @param inputs Ids with the fields that name them.
 * @throws AppError `media.unknown`.
 */
export async function sizesOf(
  db: Kysely<Schema>,
  inputs: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Size>> {
  const sizes = new Map<string, Size>();
  for (const [id, field] of inputs) {
    const size = await sizeOf(db, Buffer.from(id, 'hex'));
    if (size === undefined) throw new AppError('media.unknown', { field, id });
    sizes.set(id, size);
  }
  return sizes;
}

/**
 * Holds them for a generation, whose row exists in this transaction.
 * @throws AppError `media.unknown` where one has gone meanwhile.
 */
export async function holdInputs(
  trx: Kysely<Schema>,
  generation: string,
  inputs: ReadonlyMap<string, string>,
): Promise<void> {
  // In one order everywhere, so that two transactions cannot wait for each other.
  for (const [id, field] of [...inputs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const media = Buffer.from(id, 'hex');
    await lockMedia(trx, media);
    const size = await sizeOf(trx, media);
    if (size === undefined) throw new AppError('media.unknown', { field, id });
    await trx
      .insertInto('generation_inputs')
      .values({ generation_id: generation, media, ...size })
      .execute();
  }
}

async function sizeOf(db: Kysely<Schema>, media: Buffer): Promise<Size | undefined> {
  for (const table of ['uploads', 'pictures', 'generation_inputs', 'task_pictures'] as const) {
    const size = await db
      .selectFrom(table)
      .select(['width', 'height'])
      .where('media', '=', media)
      .limit(1)
      .executeTakeFirst();
    if (size !== undefined) return size;
  }
  return undefined;
}
