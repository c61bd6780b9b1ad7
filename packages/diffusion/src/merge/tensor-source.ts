import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../errors.ts';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';

/** A file of weights that pieces of tensors are read from. */
export type TensorSource = AsyncDisposable & {
  readonly file: WeightFile;
  /** Bytes of a tensor, from its beginning. @throws EngineError 'checkpoint.unreadable'. */
  read(tensor: StoredTensor, start: number, length: number): Promise<Uint8Array>;
};

export async function openSource(file: WeightFile): Promise<TensorSource> {
  const handle = await openFile(file.path);
  return {
    file,
    read: async ({ offset, bytes }, start, length) => {
      if (bytes !== undefined) return bytes.subarray(start, start + length);
      const piece = new Uint8Array(length);
      const { bytesRead } = await handle.read(piece, 0, length, offset + start);
      if (bytesRead !== length) {
        const reason = 'it has become shorter since it was opened';
        throw new EngineError('checkpoint.unreadable', { path: file.path, reason });
      }
      return piece;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code: reason = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new EngineError('checkpoint.unreadable', { path, reason }, { cause: error });
  }
}
