import { stat } from 'node:fs/promises';
import { shortHashLength } from '../../adapter/hash-adapter.ts';
import type { FoundFile } from './lookup.ts';

/** Hashes of files as they were, the last used last: a file is read once for all its pictures. */
const known = new Map<string, string>();
const most = 500;

/**
 * The hash of a file as infotext has it.
 * @param compute reads the file where nobody has said its hash.
 */
export async function shortHash(
  { path, hash }: FoundFile,
  compute: (path: string) => Promise<string>,
): Promise<string> {
  if (hash !== undefined) return hash.slice(0, shortHashLength);
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  const key = `${path}\n${size}\n${mtimeMs}`;
  const found = known.get(key) ?? (await compute(path)).slice(0, shortHashLength);
  known.delete(key);
  known.set(key, found);
  const [oldest] = known.keys();
  if (known.size > most) known.delete(oldest);
  return found;
}
