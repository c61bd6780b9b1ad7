import type { ReadBytes } from '../safetensors.ts';
import { readLegacy } from './legacy-format.ts';
import { readArchive } from './archive-format.ts';
import { refusalsOf } from './refusals.ts';
import type { PickleStorage, PickleValue } from './values.ts';

/** The bytes of a storage in its file. */
export type StorageBytes = { readonly offset: number; readonly length: number };

/** A file written by `torch.save`, read as data. */
export type PickleFile = {
  /** The object that was saved. */
  readonly root: PickleValue;
  /** Where a storage's elements lie, in the order of the machine; checked to have them all. */
  readonly locate: (storage: PickleStorage) => StorageBytes;
};

/**
 * Reads what `torch.save` wrote, as a zip archive (PyTorch 1.6 and later) or in the format before that, without
 * running any of it.
 * @param path for messages.
 * @throws EngineError `checkpoint.unsafe` naming what is not allowed, `.malformed`, `.truncated`.
 */
export async function readPickleFile(path: string, size: number, read: ReadBytes): Promise<PickleFile> {
  const refuse = refusalsOf(path);
  const head = await read(0, 2);
  return head.toString('latin1') === 'PK'
    ? await readArchive(size, read, refuse)
    : await readLegacy(size, read, refuse);
}
