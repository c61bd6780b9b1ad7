import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';

type Manifest = {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
    }[];
  }[];
};

/**
 * The weights of a TensorFlow.js layers model that came with a package: one file, the tensors in the manifest's
 * order without gaps, float32.
 * @param path of `model.json`.
 * @throws EngineError 'checkpoint.malformed' where the file is of another size than the manifest says.
 */
export async function openTfjsWeights(path: string): Promise<WeightFile> {
  const { weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as Manifest;
  const [{ paths, weights }] = weightsManifest;
  const file = join(dirname(path), paths[0]);
  const tensors = new Map<string, StoredTensor>();
  let offset = 0;
  for (const { name, shape } of weights) {
    const length = shape.reduce((product, extent) => product * extent, 4);
    tensors.set(name, { type: 'f32', shape, offset, length });
    offset += length;
  }
  const { size } = await stat(file);
  const isPlain = weightsManifest.length === 1 && paths.length === 1;
  if (!isPlain || size !== offset || weights.some(({ dtype }) => dtype !== 'float32')) {
    throw new EngineError('checkpoint.malformed', { path: file, reason: `${size} bytes are not ${offset}` });
  }
  return { path: file, bytes: size, tensors, metadata: {} };
}
