import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../errors.ts';

/** Writes the bytes of a file one after the other. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/** How the file is called while it is written: hidden, and with the process that writes it. */
const ending = '.merging';

/**
 * A file that is there as a whole or not at all: written beside its place, synced, renamed. Whatever goes wrong,
 * nothing is left behind; what a killed process left is swept away by the next.
 * @param bytes that it will have.
 * @throws EngineError 'merge.exists', 'merge.no-room', 'merge.unwritable'; what `fill` throws.
 */
export async function writeNewFile(
  path: string,
  bytes: number,
  fill: (write: Write) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const own = join(folder, `.${basename(path)}.${process.pid}${ending}`);
  try {
    await mkdir(folder, { recursive: true });
    await sweep(folder);
    requireNew(path);
    await requireRoom(folder, bytes);
    await using file = await open(own, 'wx');
    await fill(async (piece) => {
      // Until all is written: a disk that is nearly full takes a part.
      for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
    });
    await file.sync();
    requireNew(path);
    await rename(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw explained(error, folder, bytes);
  }
  await syncFolder(folder);
}

function requireNew(path: string): void {
  if (existsSync(path)) throw new EngineError('merge.exists', { path });
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes) throw noRoom(folder, bytes);
}

function noRoom(folder: string, bytes: number, cause?: unknown): EngineError {
  return new EngineError('merge.no-room', { folder, needed: `${Math.ceil(bytes / 2 ** 20)} MiB` }, { cause });
}

function explained(error: unknown, folder: string, bytes: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return noRoom(folder, bytes, error);
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new EngineError('merge.unwritable', { folder, reason: code }, { cause: error });
}

/** Of processes that have ended. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^\..*\.(\d+)\.merging$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A name is durable only when its folder is; some file systems cannot do that for folders. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync().catch(() => undefined);
}
