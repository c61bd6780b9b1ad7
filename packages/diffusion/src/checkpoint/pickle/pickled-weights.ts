import type { ReadBytes } from '../safetensors.ts';
import type { StoredTensor, WeightFile } from '../weight-file.ts';
import { limits } from './limits.ts';
import { readPickleFile } from './pickle-file.ts';
import { refusalsOf, shown } from './refusals.ts';
import { metadataOf, stateDictOf } from './state-dict.ts';
import { storeTensor } from './store-tensor.ts';

/**
 * Reads a `.ckpt`, `.pt`, `.pth` or `.bin` file as a table of tensors that stay in the file, as with safetensors.
 * Nothing in it is run. Tensors that do not lie in order in it are brought into memory.
 * @throws EngineError `checkpoint.unsafe` naming what is not allowed, `.malformed`, `.truncated`.
 */
export async function readPickledWeights(path: string, bytes: number, read: ReadBytes): Promise<WeightFile> {
  const refuse = refusalsOf(path);
  const file = await readPickleFile(path, bytes, read);
  const tensors = new Map<string, StoredTensor>();
  let materialised = 0;
  let passed = 0;
  for (const [name, tensor] of stateDictOf(file.root)) {
    const { stored, order, span = 0 } = storeTensor(tensor, file);
    if (order === undefined) {
      tensors.set(name, stored);
      continue;
    }
    materialised += stored.length;
    passed += span;
    // A view may repeat one element a million times, or be the first and the last element of a storage, as often; no
    // model's tensors are larger than its file.
    if (materialised > Math.min(limits.materialised, bytes) || passed > limits.passes * bytes) {
      throw refuse.malformed(
        `${shown(name)} and others do not lie in order and are too large to be rearranged`,
      );
    }
    tensors.set(name, { ...stored, bytes: await order(read) });
  }
  if (tensors.size === 0) throw refuse.malformed('it holds no tensors');
  return { path, bytes, tensors, metadata: metadataOf(file.root) };
}
