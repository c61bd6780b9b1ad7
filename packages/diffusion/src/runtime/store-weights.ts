import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';

/** Weights in a file of their own, from which the runtime maps them. */
export type StoredWeights = {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Deletes the file; nothing may read it any more. */
  remove(): Promise<void>;
};

/**
 * Writes weights into a temporary file, one after the other, so that memory holds one of them.
 * @param folder default: the system's for temporary files.
 * @throws EngineError `adapter.no-room` where the file cannot be written; nothing is left of it then.
 */
export async function storeWeights(
  weights: AsyncIterable<readonly [name: string, weight: Tensor]>,
  folder: string = tmpdir(),
): Promise<StoredWeights> {
  const own = await mkdtemp(join(folder, 'bottega-weights-')).catch((error: unknown) => {
    throw noRoom(folder, error);
  });
  const remove = async (): Promise<void> => {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
  };
  try {
    return { tensors: await write(weights, join(own, 'weights')), remove };
  } catch (error) {
    await remove();
    throw error instanceof Error && 'syscall' in error ? noRoom(folder, error) : error;
  }
}

async function write(
  weights: AsyncIterable<readonly [name: string, weight: Tensor]>,
  path: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  await using file = await open(path, 'wx', 0o600);
  let end = 0;
  for await (const [name, { shape, data }] of weights) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
    }
    tensors.set(name, { type: 'f32', shape, offset: end, length: bytes.length, path });
    end += bytes.length;
  }
  return tensors;
}

function noRoom(folder: string, error: unknown): EngineError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new EngineError('adapter.no-room', { folder, reason: code }, { cause: error });
}
