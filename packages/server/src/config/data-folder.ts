/** The data folder: made where it is missing, writable, and used by one server at a time. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@bottega/contract';
import { dataPaths } from './data-paths.ts';

/**
 * Takes the folder for this process until `release` or its death. The lock is an exclusive one on a SQLite file,
 * which the operating system itself drops with the process: there are no stale locks, and no race to clear them.
 * @throws AppError `storage.unwritable`, `storage.full` or `storage.in-use`.
 */
export function takeDataFolder(folder: string): { release(): void } {
  const owner = join(folder, 'server.pid');
  try {
    const { media, thumbnails, models } = dataPaths(folder);
    for (const path of [folder, media, thumbnails, models]) makeFolder(path);
  } catch (error) {
    throw asStorageError(error, folder);
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'server.lock'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(owner, String(process.pid));
  } catch (error) {
    database?.close();
    if (/locked/.test((error as Error).message)) {
      throw new AppError('storage.in-use', { folder, pid: readOwner(owner) }, { cause: error });
    }
    throw asStorageError(error, folder);
  }
  return { release: () => database.close() };
}

/** Node's own recursive `mkdir` never returns where a file system answers ENOENT, as `/proc` does. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

/** Whether it is because there is no room: the file system's codes, PostgreSQL's and SQLite's. */
export function isDiskFull(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', '53100'].includes(code ?? '') || /disk is full|No space left/.test(message);
}

/** What a failed write means to a person; other errors stay as they are. */
export function asStorageError(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isDiskFull(error)) return new AppError('storage.full', { folder }, { cause: error });
  if (code === undefined || !unwritable.has(code)) return error;
  const reason = code === 'ERR_SQLITE_ERROR' ? message : code;
  return new AppError('storage.unwritable', { folder, reason }, { cause: error });
}

const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ERR_SQLITE_ERROR']);

function readOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unknown';
  }
}
