import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './command.ts';

/** A file of the user's. @param cwd What a relative name is relative to. @throws UsageError that names it. */
export async function readNamedFile(cwd: string, name: string): Promise<Buffer> {
  const path = resolve(cwd, name);
  return await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${cause.code}).`, { cause });
  });
}
