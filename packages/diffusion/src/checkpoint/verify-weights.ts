import type { ElementType } from '@bottega/graph';
import { EngineError } from '../errors.ts';
import type { WeightFile } from './weight-file.ts';

const floatTypes: ReadonlySet<ElementType> = new Set(['f32', 'f16', 'bf16', 'f64', 'f8e4m3', 'f8e5m2']);

/**
 * Checks that a file holds every weight that a model needs, as numbers and in the right shape.
 * @param architecture what the file is taken for, for the message.
 * @throws EngineError `checkpoint.tensor-missing` or `checkpoint.tensor-misshapen`, naming the tensor.
 */
export function verifyWeights(
  file: WeightFile,
  needed: ReadonlyMap<string, readonly number[]>,
  architecture: string,
): void {
  for (const [tensor, shape] of needed) {
    const stored = file.tensors.get(tensor);
    const expected = shape.join('x');
    if (stored === undefined) {
      throw new EngineError('checkpoint.tensor-missing', { path: file.path, tensor, expected, architecture });
    }
    const actual = `${stored.shape.join('x')} of ${stored.type}`;
    if (stored.shape.join('x') !== expected || !floatTypes.has(stored.type)) {
      throw new EngineError('checkpoint.tensor-misshapen', {
        path: file.path,
        tensor,
        actual,
        expected,
        architecture,
      });
    }
  }
}

/**
 * Checks that the tensors from which a model's sizes are derived are there, with so many axes and no empty one.
 * @throws EngineError like `verifyWeights`, with a question mark for each extent that is not known yet.
 */
export function verifyAnchors(
  file: WeightFile,
  anchors: Readonly<Record<string, number>>,
  architecture: string,
): void {
  for (const [tensor, axes] of Object.entries(anchors)) {
    const shape = file.tensors.get(tensor)?.shape;
    const expected = Array.from({ length: axes }, () => '?').join('x');
    if (shape === undefined) {
      throw new EngineError('checkpoint.tensor-missing', { path: file.path, tensor, expected, architecture });
    }
    if (shape.length !== axes || shape.includes(0)) {
      const actual = shape.join('x');
      throw new EngineError('checkpoint.tensor-misshapen', {
        path: file.path,
        tensor,
        actual,
        expected,
        architecture,
      });
    }
  }
}
