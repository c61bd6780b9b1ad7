/** The pictures of one run of a command: recipes name them by the SHA-256 of their files, as on a server. */
import { createHash } from 'node:crypto';
import { AppError } from '@bottega/contract';
import { openPicture } from '@bottega/server/pictures';
import { readNamedFile } from './read-named-file.ts';

type Size = { readonly width: number; readonly height: number };

export type Pictures = {
  /**
   * Reads a file of the user's.
   * @returns the id by which recipes name it.
   * @throws UsageError, AppError `picture.unreadable` that names the file.
   */
  open(name: string): Promise<string>;
  /** Keeps one that was drawn. @returns its SHA-256. */
  put(file: Uint8Array): Buffer;
  get(hash: Buffer): Promise<Buffer | undefined>;
  /** Of those that were opened. */
  readonly sizes: ReadonlyMap<string, Size>;
};

/** @param cwd What relative names are relative to. */
export function createPictures(cwd: string): Pictures {
  const files = new Map<string, Buffer>();
  const sizes = new Map<string, Size>();
  function put(file: Uint8Array): Buffer {
    const hash = createHash('sha256').update(file).digest();
    files.set(hash.toString('hex'), Buffer.from(file));
    return hash;
  }
  return {
    sizes,
    put,
    get: async (hash) => files.get(hash.toString('hex')),
    open: async (name) => {
      const file = await readNamedFile(cwd, name);
      const { width, height } = await openPicture(file).catch((cause: unknown) => {
        const isPicture = cause instanceof AppError && cause.code === 'picture.unreadable';
        if (!isPicture) throw cause;
        throw new AppError('picture.unreadable', { reason: `${name}: ${cause.details.reason}` }, { cause });
      });
      const id = put(file).toString('hex');
      sizes.set(id, { width, height });
      return id;
    },
  };
}
