/** The data folder: made where it is missing, writable, and used by one server at a time. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '@bottega/contract';

/** Where things lie in a data folder. */
export function dataPaths(folder: string) {
  return {
    database: join(folder, 'database'),
    media: join(folder, 'media'),
    thumbnails: join(folder, 'thumbnails'),
    models: join(folder, 'models'),
  };
}

/**
 * Takes the folder for this process until `release` or its death. The lock is an exclusive one on a SQLite file,
 * which the operating system itself drops with the process: there are no stale locks, and no race to clear them.
 * @throws AppError `storage.unwritable`, `storage.full` or `storage.in-use`.
 */
export function takeDataFolder(folder: string): { release(): void } {
  const owner = join(folder, 'server.pid');
  try {
    mkdirSync(folder, { recursive: true });
    for (const path of Object.values(dataPaths(folder)).slice(1)) mkdirSync(path, { recursive: true });
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

/** What a failed write means to a person; other errors stay as they are. */
export function asStorageError(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull =
    code === 'ENOSPC' || code === 'EDQUOT' || code === '53100' || /disk is full|No space left/.test(message);
  if (isFull) return new AppError('storage.full', { folder }, { cause: error });
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
