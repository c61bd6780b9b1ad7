import { EngineError } from '../errors.ts';
import { openedFiles } from '../checkpoint/opened-files.ts';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';

/** A file of weights that pieces of tensors are read from, or a folder of several. */
export type TensorSource = AsyncDisposable & {
  /** Bytes of a tensor, from its beginning. @throws EngineError 'checkpoint.unreadable'. */
  read(tensor: StoredTensor, start: number, length: number): Promise<Uint8Array>;
};

export function openSource(file: WeightFile): TensorSource {
  const files = openedFiles();
  return {
    read: async ({ offset, bytes, path = file.path }, start, length) => {
      if (bytes !== undefined) return bytes.subarray(start, start + length);
      const piece = new Uint8Array(length);
      const { bytesRead } = await (await files.get(path)).read(piece, 0, length, offset + start);
      if (bytesRead !== length) {
        const reason = 'it has become shorter since it was opened';
        throw new EngineError('checkpoint.unreadable', { path, reason });
      }
      return piece;
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}
