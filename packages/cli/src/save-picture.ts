/** Saving pictures: whole or not at all, and never over somebody's file unless asked. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { AppError } from '@bottega/contract';
import { UsageError } from './command.ts';

/** `apple.png` for one picture; `apple-1.png`, `apple-2.png` ... for several. */
export function pictureNames(cwd: string, output: string, count: number): string[] {
  const path = resolve(cwd, output);
  const extension = extname(path);
  if (extension.toLowerCase() !== '.png')
    throw new UsageError(`--output takes a name that ends in .png, not "${output}".`);
  if (count === 1) return [path];
  const stem = path.slice(0, -extension.length);
  return Array.from({ length: count }, (_, k) => `${stem}-${k + 1}${extension}`);
}

/** Refuses names that are taken, before any work is done. */
export function refuseExisting(paths: readonly string[]): void {
  const taken = paths.find((path) => existsSync(path));
  if (taken !== undefined)
    throw new UsageError(`${taken} exists already. Choose another --output, or add --force to replace it.`);
}

/** Writes beside the target, then renames. Throws AppError `storage.full` or `storage.unwritable`. */
export async function savePicture(path: string, png: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const partial = join(folder, `.${randomUUID()}.partial`);
  try {
    await mkdir(folder, { recursive: true });
    await using file = await open(partial, 'wx');
    await file.writeFile(png);
    await file.sync();
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new AppError('storage.full', { folder }, { cause: error });
    throw new AppError('storage.unwritable', { folder, reason: code }, { cause: error });
  }
}
