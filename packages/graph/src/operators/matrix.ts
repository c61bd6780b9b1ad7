import { shapeText } from '../dim.ts';
import { apply, microsoft } from '../value.ts';
import type { Value } from '../value.ts';

/**
 * x W^T: every vector of x through a matrix stored as PyTorch's linear layers store theirs.
 * @param x `[..., in]`.
 * @param matrix `[out, in]`.
 */
export function project(x: Value, matrix: Value): Value {
  const [out, width] = matrix.shape;
  if (matrix.shape.length !== 2 || x.shape.at(-1) !== width) {
    throw new RangeError(`${shapeText(x.shape)} cannot be projected by ${shapeText(matrix.shape)}`);
  }
  return apply('FusedMatMul', [x, matrix], [...x.shape.slice(0, -1), out], {
    attributes: { transB: { int: 1 } },
    domain: microsoft,
  });
}

/**
 * x M: every vector of x through a matrix stored the other way round.
 * @param x `[..., in]`.
 * @param matrix `[in, out]`.
 */
export function multiplyMatrix(x: Value, matrix: Value): Value {
  const [width, out] = matrix.shape;
  if (matrix.shape.length !== 2 || x.shape.at(-1) !== width) {
    throw new RangeError(`${shapeText(x.shape)} cannot be multiplied by ${shapeText(matrix.shape)}`);
  }
  return apply('MatMul', [x, matrix], [...x.shape.slice(0, -1), out]);
}
