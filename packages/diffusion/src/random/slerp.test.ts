/** Against what A1111's slerp gives on PyTorch 1.13.1 on a CPU, with `tensor.sum` in columns of the same. */
import { assertClose } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { columnSum } from './float32-sum.ts';
import { normalGenerator } from './normal-generator.ts';
import { slerp } from './slerp.ts';

const noise = (seed: number, shape: readonly number[], size: number) =>
  tensor(shape, normalGenerator('NV', seed)(size));

test('nearly opposite columns turn as far as in the original', () => {
  const cases = [
    [282, [16.637154, 0.58507866, 0.61368805, -29.334099, 0.51388353, 0.60655075]],
    [54, [0.14628991, 1.0622929, -26.152308, -1.5546277, 0.38538077, 51.202835]],
  ] as const;
  for (const [seed, expected] of cases) {
    const shape = [1, 2, 3];
    assertClose(slerp(0.3, noise(seed, shape, 6), noise(seed + 1000, shape, 6)).data, expected, 1e-6);
  }
});

test('nearly equal noises are mixed linearly, with the weights exchanged', () => {
  const shape = [1, 4, 2];
  const low = noise(1, shape, 8);
  const change = noise(2, shape, 8);
  const high = tensor(
    shape,
    low.data.map((value, i) => value + Math.fround(change.data[i] * Math.fround(0.01))),
  );
  const expected = [
    -0.29612145, 2.672404, -0.13590962, -0.8443333, 0.29215395, -0.2835553, -1.4659353, 2.3708193,
  ];
  assertClose(slerp(0.3, low, high).data, expected, 1e-6);
});

test('float32 columns are added in the original’s order', () => {
  const [rows, columns] = [40, 33];
  const { data } = noise(1, [1, rows, columns], rows * columns);
  const sumOf = (column: number) =>
    columnSum(
      Float32Array.from({ length: rows }, (_, row) => data[row * columns + column]),
      column,
      columns,
    );
  assert.deepEqual([0, 1, 32].map(sumOf), [-3.9577987, -5.298128, -0.94830143].map(Math.fround));
});
