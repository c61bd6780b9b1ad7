/** Pictures as files, named by the SHA-256 of their bytes. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@bottega/contract';
import { asStorageError } from '../config/data-folder.ts';

export type MediaStore = {
  /**
   * Durable when it resolves: the bytes, the name and the folder are on the disk.
   * @param before Waited for once the SHA-256 is known and before anything is written.
   * @returns the SHA-256.
   * @throws AppError `storage.full`, `storage.unwritable`.
   */
  put(bytes: Uint8Array, before?: (hash: Buffer) => Promise<void>): Promise<Buffer>;
  /** `undefined` where there is none. */
  get(hash: Buffer): Promise<Buffer | undefined>;
  remove(hash: Buffer): Promise<void>;
};

/** PostgreSQL needs room to write its log; without it the database itself would stop. */
const roomForDatabase = 64 * 2 ** 20;

/**
 * @param folder Exists.
 * @param reserve Bytes that stay free: pictures are refused before the disk is full to the brim.
 */
export function openMediaStore(folder: string, reserve: number = roomForDatabase): MediaStore {
  const pathOf = (hash: Buffer) => {
    const hex = hash.toString('hex');
    return join(folder, hex.slice(0, 2), `${hex}.png`);
  };
  return {
    put: async (bytes, before) => {
      const hash = createHash('sha256').update(bytes).digest();
      await before?.(hash);
      try {
        await requireRoom(folder, bytes.length + reserve);
        await writeDurably(pathOf(hash), join(folder, partsFolder), bytes);
      } catch (error) {
        throw asStorageError(error, folder);
      }
      return hash;
    },
    get: (hash) => readIfThere(pathOf(hash)),
    remove: (hash) => rm(pathOf(hash), { force: true }),
  };
}

/** The bytes of a file, or `undefined` where there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes) throw new AppError('storage.full', { folder });
}

const partsFolder = 'unfinished';

/** Removes what writers that were killed left behind. @param folder Of media; nobody writes to it now. */
export async function sweepParts(folder: string): Promise<void> {
  await rm(join(folder, partsFolder), { recursive: true, force: true });
}

let counter = 0;

/**
 * All of the file or nothing, whenever the machine stops; readers never see a part.
 * @param parts Where it grows, on the same file system.
 */
async function writeDurably(path: string, parts: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const own = join(parts, `${process.pid}.${counter++}`);
  await Promise.all([mkdir(folder, { recursive: true }), mkdir(parts, { recursive: true })]);
  try {
    await writeAndSync(own, bytes);
    await rename(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A name is durable only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
