import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symbol } from './dim.ts';
import { graphOf } from './graph.ts';
import { operationsOf } from './operations.ts';
import { attention } from './operators/attention.ts';
import { convolve } from './operators/convolution.ts';
import { project } from './operators/matrix.ts';
import { input, weight } from './value.ts';

test('a convolution multiplies and adds its kernel at each pixel it makes', () => {
  const image = input('image', 'f32', [symbol('batch'), 3, symbol('height'), 10]);
  const y = convolve(image, weight('k', [8, 3, 3, 3]), weight('b', [8]), { stride: 2 });
  const { convolution, total } = operationsOf(graphOf({ y }), { batch: 2, height: 7 });
  assert.equal(convolution, 2 * (3 * 3 * 3) * (2 * 8 * 4 * 5));
  assert.equal(total, convolution);
});

test('a projection multiplies and adds its width for each element it makes', () => {
  const y = project(input('x', 'f32', [symbol('batch'), 77, 64]), weight('w', [32, 64]));
  assert.equal(operationsOf(graphOf({ y }), { batch: 3 }).linear, 2 * 64 * (3 * 77 * 32));
});

test('attention takes a product of queries with keys and one of weights with values', () => {
  const query = input('q', 'f32', [1, symbol('pixels'), 40]);
  const key = input('k', 'f32', [1, 77, 40]);
  const y = attention(query, key, key, { heads: 5 });
  assert.equal(operationsOf(graphOf({ y }), { pixels: 100 }).attention, 2 * (2 * 100 * 77 * 40));
});

test('sizes that a graph needs must be given', () => {
  const y = project(input('x', 'f32', [symbol('rows'), 64]), weight('w', [32, 64]));
  assert.throws(() => operationsOf(graphOf({ y }), {}), /no size given for "rows"/);
});
