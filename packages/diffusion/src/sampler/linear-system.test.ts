import { assertClose } from '@bottega/testing';
import * as fc from 'fast-check';
import { test } from 'node:test';
import { invert, solveLinear } from './linear-system.ts';

/** Matrices far from singular: the diagonal outweighs the rest. */
const matrices = fc
  .integer({ min: 1, max: 5 })
  .chain((size) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    }),
  )
  .map((rows) => rows.map((row, i) => row.map((value, j) => (i === j ? value + 50 : value))));

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, j) => sum + value * vector[j], 0));
}

test('the solution solves the system', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const right = matrix.map((_, i) => i - 1);
      assertClose(times(matrix, solveLinear(matrix, right)), right, 1e-9);
    }),
  );
});

test('rows are exchanged where a pivot is 0', () => {
  assertClose(
    solveLinear(
      [
        [0, 1],
        [1, 0],
      ],
      [2, 3],
    ),
    [3, 2],
    0,
  );
});

test('a matrix times its inverse changes nothing', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const vector = matrix.map((_, i) => i + 1);
      assertClose(times(invert(matrix), times(matrix, vector)), vector, 1e-9);
    }),
  );
});
