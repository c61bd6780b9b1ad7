import { createHash } from 'node:crypto';
import type { MediaStore } from './media-store.ts';

/**
 * Stores several files, locking them in the order that `releaseMedia` has, so that two transactions cannot wait for
 * each other.
 * @param lock See `MediaStore.put`.
 * @returns their SHA-256, in the order of the files; those that are undefined stay so.
 */
export async function putAll<Files extends readonly (Uint8Array | undefined)[]>(
  media: Pick<MediaStore, 'put'>,
  files: Files,
  lock: (hash: Buffer) => Promise<void>,
): Promise<{ [Place in keyof Files]: Files[Place] extends Uint8Array ? Buffer : Buffer | undefined }> {
  const named = files.map((file) => ({
    file,
    name: file && createHash('sha256').update(file).digest('hex'),
  }));
  const byName = new Map(named.flatMap(({ name, file }) => (name && file ? [[name, file] as const] : [])));
  for (const [, file] of [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))) await media.put(file, lock);
  return named.map(({ name }) => name && Buffer.from(name, 'hex')) as never;
}
