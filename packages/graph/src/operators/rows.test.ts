/** Operators on rows, run by onnxruntime. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats, integers } from '../value.ts';
import type { Value } from '../value.ts';
import {
  byPlace,
  cutAfter,
  elementsOfEach,
  largest,
  listForEach,
  numbersAt,
  oneAfterTheOther,
  products,
  ranked,
  rowCount,
  rowNumbers,
  rowsAveraged,
  rowsOfEach,
  sameRows,
  unitVectors,
} from './rows.ts';

async function assertValue(value: Value, expected: readonly number[]): Promise<void> {
  const model = encodeOnnx(graphOf({ value }), (name) => assert.fail(`${name} is not expected`));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { value: result } = await session.run({});
  await session.release();
  const extents = value.shape.map((dim) => (typeof dim === 'number' ? dim : dim.at({})));
  assert.deepEqual(result.dims, extents, 'the shape is the one foreseen');
  assert.deepEqual(Array.from(result.data, Number), expected);
}

const matrices = floats([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [2, 3, 2]);
const rows = integers([2, 0, 1, 1], [2, 2]);

test('rows and elements are taken by number, the same ones of all or of each its own', async () => {
  await assertValue(sameRows(matrices, integers([2, 0])), [5, 6, 1, 2, 50, 60, 10, 20]);
  await assertValue(rowsOfEach(matrices, rows), [5, 6, 1, 2, 30, 40, 30, 40]);
  await assertValue(elementsOfEach(floats([1, 2, 3, 4, 5, 6], [2, 3]), rows), [3, 1, 5, 5]);
  await assertValue(numbersAt(integers([7, 8, 9]), rows), [9, 7, 8, 8]);
});

test('rows are averaged into others, which count too', async () => {
  const others = floats([1, 2, 3, 4, 11, 22, 33, 44], [2, 2, 2]);
  await assertValue(
    rowsAveraged(matrices, rows, others),
    [2, 3, 3, 4, 3, 4, 10, 20, 74 / 3, 106 / 3, 50, 60].map(Math.fround),
  );
});

test('the largest of each, and the order of all', async () => {
  const lists = floats([3, 9, 5, 8, 7, 1], [2, 3]);
  await assertValue(largest(lists).values, [9, 8]);
  await assertValue(largest(lists).places, [1, 0]);
  await assertValue(ranked(lists), [1, 2, 0, 0, 1, 2]);
});

test('vectors of length 1, and products of all with all', async () => {
  const x = floats([3, 4, 0, 0], [1, 2, 2]);
  await assertValue(unitVectors(x), [0.6, 0.8, 0, 0].map(Math.fround));
  await assertValue(products(x, floats([1, 2, 3, 4, 5, 6], [1, 3, 2])), [11, 25, 39, 0, 0, 0]);
});

test('lists are cut, joined, repeated and turned round', async () => {
  const lists = integers([4, 5, 6, 7, 8, 9], [2, 3]);
  const [before, after] = cutAfter(lists, integers([1]), [1, 2]);
  await assertValue(before, [4, 7]);
  await assertValue(after, [5, 6, 8, 9]);
  await assertValue(oneAfterTheOther([after, before]), [5, 6, 4, 8, 9, 7]);
  await assertValue(listForEach(integers([1, 2]), lists), [1, 2, 1, 2]);
  await assertValue(rowNumbers(matrices), [0, 1, 2]);
  await assertValue(rowCount(matrices), [3]);
  const places = integers([2, 0, 1, 0, 1, 2], [2, 3]);
  await assertValue(byPlace(places, lists), [5, 6, 4, 7, 8, 9]);
});
