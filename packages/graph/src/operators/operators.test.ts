/** Each operator, run by onnxruntime, against its definition written out in plain loops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats, integers } from '../value.ts';
import type { Value } from '../value.ts';
import { gelu, leakyRelu, parametricRelu, quickGelu, silu } from './activation.ts';
import { add, cosine, multiply, sine } from './arithmetic.ts';
import { attention } from './attention.ts';
import { rowsAround } from './choice.ts';
import { convolve } from './convolution.ts';
import { multiplyMatrix, project } from './matrix.ts';
import { groupNorm, layerNorm } from './normalization.ts';
import { doubled, pixelShuffle, repeated, resizedLike } from './resize.ts';
import {
  argMax,
  concat,
  gather,
  gatherEach,
  reshape,
  reshapeLike,
  split,
  transpose,
  unsqueeze,
} from './shape.ts';

/** The value of a graph without inputs. */
async function evaluate(value: Value): Promise<{ shape: readonly number[]; data: number[] }> {
  const model = encodeOnnx(graphOf({ value }), (name) => assert.fail(`${name} is not expected`));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { value: result } = await session.run({});
  await session.release();
  assert.ok(result.data instanceof Float32Array);
  assert.deepEqual(result.dims, value.shape, 'the shape is the one foreseen');
  return { shape: result.dims, data: [...result.data] };
}

async function assertValue(value: Value, expected: readonly number[]): Promise<void> {
  const { data } = await evaluate(value);
  assert.equal(data.length, expected.length);
  for (const [i, one] of expected.entries())
    assert.ok(Math.abs(data[i] - one) < 1e-5, `[${i}]: ${data[i]}, not ${one}`);
}

/** Numbers without a pattern that a mistake could follow. */
const wave = (size: number, seed = 1): number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(seed * (i + 1) * (i + 2)));
const counted = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

test('sums and products broadcast', async () => {
  const [a, b] = [floats([1, 2], [2, 1]), floats([10, 20, 30])];
  await assertValue(add(a, b), [11, 21, 31, 12, 22, 32]);
  await assertValue(multiply(a, b), [10, 20, 30, 20, 40, 60]);
  assert.throws(() => add(floats([1, 2]), floats([1, 2, 3])), /\[2\] and \[3\] do not go together/);
});

test('functions of one number', async () => {
  const x = [-3, -0.5, 0, 0.25, 4];
  await assertValue(
    silu(floats(x)),
    x.map((v) => v * sigmoid(v)),
  );
  await assertValue(
    quickGelu(floats(x)),
    x.map((v) => v * sigmoid(1.702 * v)),
  );
  await assertValue(leakyRelu(floats(x), 0.2), [-0.6, -0.1, 0, 0.25, 4]);
  await assertValue(gelu(floats(x)), [-0.0040497, -0.1542688, 0, 0.1496766, 3.9998733]);
  await assertValue(sine(floats(x)), x.map(Math.sin));
  await assertValue(cosine(floats(x)), x.map(Math.cos));
});

test('rectifiers with a slope for each channel', async () => {
  const x = floats([-1, 2, -4, 3], [1, 2, 1, 2]);
  await assertValue(parametricRelu(x, floats([0.5, 0.25], [2, 1, 1])), [-0.5, 2, -1, 3]);
});

test('channels become pixels in the order of PyTorch', async () => {
  // Two channels of one pixel each, of four parts each.
  await assertValue(pixelShuffle(floats(counted(8), [1, 8, 1, 1]), 2), counted(8));
  await assertValue(pixelShuffle(floats(counted(8), [1, 4, 1, 2]), 2), [0, 2, 1, 3, 4, 6, 5, 7]);
  assert.throws(() => pixelShuffle(floats(counted(6), [1, 6, 1, 1]), 2), /do not make pixels of 2x2/);
});

test('pixels are repeated any number of times', async () => {
  await assertValue(
    repeated(floats([1, 2], [1, 1, 1, 2]), 3),
    [1, 2, 1, 2, 1, 2].flatMap((one) => [one, one, one]),
  );
});

for (const { stride, padding } of [
  { stride: 1, padding: 'centred' },
  { stride: 2, padding: 'centred' },
  { stride: 2, padding: 'after' },
] as const) {
  test(`a convolution with stride ${stride}, padded ${padding}`, async () => {
    const [kernel, x, bias] = [wave(2 * 3 * 9), wave(3 * 4 * 6, 2), [0.5, -1]];
    const before = padding === 'after' ? 0 : 1;
    const expected: number[] = [];
    for (let o = 0; o < 2; o++) {
      for (let row = 0; row < 4; row += stride) {
        for (let column = 0; column < 6; column += stride) {
          let sum = bias[o];
          for (let i = 0; i < 27; i++) {
            const [c, y, z] = [
              Math.floor(i / 9),
              row - before + (Math.floor(i / 3) % 3),
              column - before + (i % 3),
            ];
            if (y >= 0 && y < 4 && z >= 0 && z < 6) sum += kernel[o * 27 + i] * x[c * 24 + y * 6 + z];
          }
          expected.push(sum);
        }
      }
    }
    const options = { stride, padding };
    await assertValue(
      convolve(floats(x, [1, 3, 4, 6]), floats(kernel, [2, 3, 3, 3]), floats(bias), options),
      expected,
    );
  });
}

test('a projection is a product with the transposed matrix', async () => {
  await assertValue(
    project(floats([1, 2, 3, 4], [1, 2, 2]), floats([1, 10, 100, 1000, 0, 1], [3, 2])),
    [21, 2100, 2, 43, 4300, 4],
  );
  assert.throws(
    () => project(floats([1, 2]), floats([1, 2, 3], [1, 3])),
    /\[2\] cannot be projected by \[1, 3\]/,
  );
});

test('a product with a matrix as it stands', async () => {
  await assertValue(
    multiplyMatrix(floats([1, 2, 3, 4], [2, 2]), floats([1, 10, 100, 1000], [2, 2])),
    [201, 2010, 403, 4030],
  );
  assert.throws(() => multiplyMatrix(floats([1, 2]), floats([1, 2, 3], [1, 3])), /cannot be multiplied/);
});

test('the row of each matrix where another is largest, the first of several', async () => {
  const matrices = floats(counted(12), [2, 3, 2]);
  await assertValue(gatherEach(matrices, argMax(integers([5, 9, 9, 7, 1, 2], [2, 3]))), [2, 3, 6, 7]);
});

test('group normalisation makes each group of channels zero on average with variance 1', async () => {
  const x = wave(2 * 4 * 3);
  const expected = [0, 1].flatMap((sample) =>
    [0, 1].flatMap((group) => {
      const values = x.slice(sample * 12 + group * 6, sample * 12 + group * 6 + 6);
      const normal = normalized(values, 1e-3);
      return normal.map((v, i) => v * (group * 2 + (i < 3 ? 0 : 1) + 1) + 7);
    }),
  );
  const [scale, shift] = [floats([1, 2, 3, 4], [1, 4, 1, 1]), floats([7, 7, 7, 7], [1, 4, 1, 1])];
  await assertValue(groupNorm(floats(x, [2, 4, 1, 3]), scale, shift, { groups: 2, epsilon: 1e-3 }), expected);
  assert.throws(() => groupNorm(floats(x, [2, 4, 1, 3]), scale, shift, { groups: 3 }), /3 groups/);
});

test('layer normalisation does so for each vector', async () => {
  const x = wave(6);
  const expected = [...normalized(x.slice(0, 3), 1e-5), ...normalized(x.slice(3), 1e-5)].map(
    (v, i) => v * ((i % 3) + 1) - 1,
  );
  await assertValue(layerNorm(floats(x, [1, 2, 3]), floats([1, 2, 3]), floats([-1, -1, -1])), expected);
});

for (const causal of [false, true]) {
  test(`attention${causal ? ', causal,' : ''} in two heads`, async () => {
    const [positions, width] = [3, 4];
    const [q, k, v] = [1, 2, 3].map((seed) => wave(positions * width, seed));
    const expected = counted(positions * width).map((at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const head = column < 2 ? [0, 1] : [2, 3];
      const seen = counted(causal ? row + 1 : positions);
      const scores = seen.map((other) =>
        Math.exp(head.reduce((sum, i) => sum + q[row * width + i] * k[other * width + i], 0) / Math.sqrt(2)),
      );
      const total = scores.reduce((a, b) => a + b);
      return seen.reduce((sum, other) => sum + (scores[other] / total) * v[other * width + column], 0);
    });
    const [query, key, value] = [q, k, v].map((data) => floats(data, [1, positions, width]));
    await assertValue(attention(query, key, value, { heads: 2, causal }), expected);
  });
}

test('pixels are repeated, and brought to another size from the nearest', async () => {
  const x = floats([1, 2, 3, 4], [1, 1, 2, 2]);
  await assertValue(doubled(x), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  await assertValue(resizedLike(doubled(x), floats(wave(6), [1, 1, 2, 3])), [1, 1, 2, 3, 3, 4]);
});

test('shapes change, elements do not', async () => {
  const x = floats(counted(6), [1, 2, 3]);
  await assertValue(reshape(x, [1, 6]), counted(6));
  await assertValue(reshapeLike(x, floats(wave(6), [3, 2])), counted(6));
  await assertValue(transpose(x, [0, 2, 1]), [0, 3, 1, 4, 2, 5]);
  await assertValue(unsqueeze(x, [3, 4]), counted(6));
  await assertValue(concat([x, x], 2), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
  const [left, right] = split(floats(counted(8), [2, 4]), 2);
  await assertValue(left, [0, 1, 4, 5]);
  await assertValue(right, [2, 3, 6, 7]);
  await assertValue(gather(floats(counted(6), [3, 2]), integers([2, 0], [1, 2])), [4, 5, 0, 1]);
  assert.throws(() => concat([x, floats([1, 2], [1, 2, 1])], 1), /cannot be joined/);
});

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function normalized(values: readonly number[], epsilon: number): number[] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return values.map((v) => (v - mean) / Math.sqrt(variance + epsilon));
}

test('part of a picture with rows around it is convolved as it is in the whole', async () => {
  const [kernel, bias] = [floats(wave(9), [1, 1, 3, 3]), floats([0.5])];
  const picture = wave(24);
  const whole = await evaluate(convolve(floats(picture, [1, 1, 4, 6]), kernel, bias));
  const lower = rowsAround(floats(picture.slice(6), [1, 1, 3, 6]), integers([0, 1]), 4);
  await assertValue(convolve(lower, kernel, bias, { padding: 'centred-sides' }), whole.data.slice(-12));

  const halved = { padding: 'after', stride: 2 } as const;
  const wholeHalved = await evaluate(convolve(floats(picture, [1, 1, 4, 6]), kernel, bias, halved));
  const half = rowsAround(floats(picture.slice(12), [1, 1, 2, 6]), integers([0, 1]), 3);
  const sides = { ...halved, padding: 'after-sides' } as const;
  await assertValue(convolve(half, kernel, bias, sides), wholeHalved.data.slice(-3));
});
