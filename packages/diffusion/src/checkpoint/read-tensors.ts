import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { openedFiles } from './opened-files.ts';
import { toFloat32 } from './to-float32.ts';
import type { WeightFile } from './weight-file.ts';

/**
 * Reads tensors of an opened file into memory, as float32.
 * @param names default: all. Names that the file lacks are left out.
 * @throws EngineError `checkpoint.unreadable` where the file has changed since it was opened.
 */
export async function readTensors(
  file: WeightFile,
  names: Iterable<string> = file.tensors.keys(),
): Promise<ReadonlyMap<string, Tensor>> {
  await using handles = openedFiles();
  const found = new Map<string, Tensor>();
  for (const name of names) {
    const stored = file.tensors.get(name);
    if (stored === undefined) continue;
    const { type, shape, offset, length, path = file.path } = stored;
    const bytes = stored.bytes ?? new Uint8Array(length);
    if (stored.bytes === undefined) {
      const { bytesRead } = await (await handles.get(path)).read(bytes, 0, length, offset);
      const reason = 'it has become shorter since it was opened';
      if (bytesRead !== length) throw new EngineError('checkpoint.unreadable', { path, reason });
    }
    found.set(name, tensor(shape, toFloat32(bytes, type)));
  }
  return found;
}
