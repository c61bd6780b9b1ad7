import { EngineError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The tensor itself, when all of it is finite.
 * @throws EngineError `model.not-finite`: NaN would otherwise become a black picture without a word.
 */
export function requireFinite(result: Tensor): Tensor {
  // A sum is NaN or infinite exactly when an element is, and costs no branch for each; float64 cannot overflow here.
  let sum = 0;
  for (const value of result.data) sum += value * 0;
  if (sum !== 0) throw new EngineError('model.not-finite');
  return result;
}
