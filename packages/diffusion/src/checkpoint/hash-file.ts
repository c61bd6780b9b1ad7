import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { EngineError } from '../errors.ts';

/** The hashes by which model files are known, all in lower-case hexadecimal. */
export type FileHashes = {
  readonly sha256: string;
  /** A1111's short hash: the first ten digits of the SHA-256. */
  readonly autoV2: string;
  /** A1111's old hash: eight digits of the SHA-256 of 64 KiB at 1 MiB. Many files share one. */
  readonly autoV1: string;
};

export type HashOptions = {
  readonly signal?: AbortSignal;
  /** Called now and then with the bytes read so far, of so many in all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Reads a file from beginning to end and hashes it; a 4 GB checkpoint takes a few seconds.
 * @throws EngineError `checkpoint.not-found`, `checkpoint.unreadable`; the signal's reason when aborted.
 */
export async function hashFile(path: string, options: HashOptions = {}): Promise<FileHashes> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  try {
    const { size } = await stat(path);
    const autoV1 = await autoV1Of(path);
    const hash = createHash('sha256');
    let done = 0;
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      signal?.throwIfAborted();
      hash.update(piece);
      done += piece.length;
      onProgress?.(done, size);
    }
    const sha256 = hash.digest('hex');
    return { sha256, autoV2: sha256.slice(0, 10), autoV1 };
  } catch (error) {
    if (signal?.aborted) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new EngineError('checkpoint.not-found', { path }, { cause: error });
    throw new EngineError('checkpoint.unreadable', { path, reason: code }, { cause: error });
  }
}

/** The old hash alone, at once however large the file is. */
export async function autoV1Of(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(0x10000), 0, 0x10000, 0x100000);
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 8);
}
