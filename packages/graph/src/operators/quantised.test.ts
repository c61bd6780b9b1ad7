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
import { convolveQuantised, extreme, integerWeight, projectQuantised, quantise } from './quantised.ts';

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
  assertNear(await run(x, projectQuantised(x, matrix)), expected, 0.03);
  const bias = floats(columns.map((_, i) => i));
  assertNear(
    await run(x, projectQuantised(x, matrix, bias)),
    expected.map((value, i) => value + (i % 9)),
    0.03,
  );
  assert.throws(() => projectQuantised(input('x', 'f32', [1, 3, 5]), matrix), /\[1, 3, 5\]/);
});

test('extremes are found wherever they are', async () => {
  const x = input('x', 'f32', [2, 4]);
  const [least, most] = [Math.min(...numbers.slice(0, 8)), Math.max(...numbers.slice(0, 8))];
  assert.deepEqual(await run(x, extreme(x, 'smallest')), [least]);
  assert.deepEqual(await run(x, extreme(x, 'largest')), [most]);
});

function nodeOf({ source }: Value): Node {
  assert.equal(source.kind, 'node');
  return source.node;
}
