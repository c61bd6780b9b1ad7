/** Operators of 8-bit integers, run by onnxruntime, against those of floats. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats, input } from '../value.ts';
import type { Node, Value } from '../value.ts';
import { convolve } from './convolution.ts';
import { project } from './matrix.ts';
import {
  convolveQuantised,
  integerWeight,
  projectPixelsQuantised,
  projectQuantised,
  quantise,
  watched,
} from './quantised.ts';

const integers = Int8Array.from({ length: 36 }, (_, i) => Math.round(127 * Math.sin(i * i)));
const scale = 0.01;
const weights = Array.from(integers, (integer) => integer * scale);
const numbers = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i * (i + 1)));

async function run(x: Value, y: Value): Promise<number[]> {
  const located = { type: 'i8', location: '', offset: 0, length: integers.length } as const;
  const model = encodeOnnx(graphOf({ y }), () => ({ ...located, bytes: new Uint8Array(integers.buffer) }));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const shape = x.shape.map(Number);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const results = await session.run({ x: new Tensor('float32', numbers.slice(0, size), shape) });
  await session.release();
  return Array.from(results.y.data, Number);
}

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i] - value) < tolerance, `${actual[i]}, ${value}`),
  );
}

test('a convolution of integers is near that of floats, and cut off where its span ends', async () => {
  const x = input('x', 'f32', [1, 2, 4, 4]);
  const float = convolve(x, floats(weights, [2, 2, 3, 3]), floats([0, 0]));
  const node = nodeOf(float);
  const kernel = { integers: integerWeight('w', [2, 2, 3, 3]), scales: floats([scale, scale]) };
  const expected = await run(x, float);
  const largest = Math.max(...expected.map(Math.abs));
  // x spans about two, so that a step is two out of 255.
  const span = (1.1 * largest * 255) / 2;
  assertNear(await run(x, convolveQuantised(quantise(x), kernel, node, span)), expected, 0.02 * largest);
  const cut = await run(x, convolveQuantised(quantise(x), kernel, node, span / 2.2));
  assert.ok(Math.max(...cut.map(Math.abs)) < 0.55 * largest);
});

test('a matrix product of integers is near that of floats, with its bias', async () => {
  const x = input('x', 'f32', [1, 3, 4]);
  const columns = Array.from({ length: 9 }, (_, out) =>
    Array.from({ length: 4 }, (_, i) => weights[i * 9 + out]),
  );
  const expected = await run(x, project(x, floats(columns.flat(), [9, 4])));
  const matrix = { integers: integerWeight('w', [4, 9]), scales: floats(columns.map(() => scale)) };
  assertNear(await run(x, projectQuantised(quantise(x), matrix)), expected, 0.03);
  const bias = floats(columns.map((_, i) => i));
  assertNear(
    await run(x, projectQuantised(quantise(x), matrix, bias)),
    expected.map((value, i) => value + (i % 9)),
    0.03,
  );
  assert.throws(() => projectQuantised(quantise(input('x', 'f32', [1, 3, 5])), matrix), /\[1, 3, 5\]/);
});

test('watched is what it was, and its extremes are found wherever they are', async () => {
  const x = input('x', 'f32', [2, 4]);
  const seen = watched(x);
  const some = Array.from(numbers.slice(0, 8));
  assert.deepEqual(await run(x, seen.x), some);
  assert.deepEqual(await run(x, seen.extremes[0]), [Math.min(...some)]);
  assert.deepEqual(await run(x, seen.extremes[1]), [Math.max(...some)]);
});

test('a pointwise convolution of integers is near that of floats', async () => {
  const x = input('x', 'f32', [1, 4, 2, 4]);
  const kernel = Array.from({ length: 36 }, (_, i) => weights[(i % 4) * 9 + Math.floor(i / 4)]);
  const expected = await run(x, convolve(x, floats(kernel, [9, 4, 1, 1]), floats(kernel.slice(0, 9))));
  const matrix = {
    integers: integerWeight('w', [4, 9]),
    scales: floats(kernel.slice(0, 9).map(() => scale)),
  };
  assertNear(await run(x, projectPixelsQuantised(x, matrix, floats(kernel.slice(0, 9)))), expected, 0.03);
});

test('a bias is added to a convolution of integers, and stays within 32 bits', async () => {
  const x = input('x', 'f32', [1, 2, 4, 4]);
  const float = convolve(x, floats(weights, [2, 2, 3, 3]), floats([1, -2]));
  const kernel = { integers: integerWeight('w', [2, 2, 3, 3]), scales: floats([scale, scale]) };
  const expected = await run(x, float);
  const span = (1.1 * Math.max(...expected.map(Math.abs)) * 255) / 2;
  const biased = (bias: readonly number[]): Promise<number[]> =>
    run(x, convolveQuantised(quantise(x), kernel, nodeOf(float), span, floats(bias)));
  assertNear(await biased([1, -2]), expected, 0.05);
  // As large as the result may be, with the sign of the bias.
  const cut = await biased([1e9, -1e9]);
  assert.deepEqual(
    cut.map(Math.sign),
    expected.map((_, i) => (i < 16 ? 1 : -1)),
  );
});

function nodeOf({ source }: Value): Node {
  assert.equal(source.kind, 'node');
  return source.node;
}
