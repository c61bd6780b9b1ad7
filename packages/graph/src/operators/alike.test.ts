/** Run by onnxruntime, against the operators that they are like. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats } from '../value.ts';
import type { Value } from '../value.ts';
import { convolvedLike, mixed } from './alike.ts';
import { convolve } from './convolution.ts';

const wave = (shape: readonly number[], seed: number): Value => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return floats(
    Array.from({ length: size }, (_, i) => Math.sin(seed * (i + 1) * (i + 2))),
    shape,
  );
};
const zeros = floats([0, 0]);

async function evaluate(value: Value): Promise<readonly number[]> {
  const model = encodeOnnx(graphOf({ value }), (name) => assert.fail(`${name} is not expected`));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { value: result } = await session.run({});
  await session.release();
  assert.deepEqual(result.dims, value.shape, 'the shape is the one foreseen');
  return [...(result.data as Float32Array)];
}

for (const options of [{}, { stride: 2 }, { stride: 2, padding: 'after' }] as const) {
  test(`a convolution like another has its strides and padding: ${JSON.stringify(options)}`, async () => {
    const x = wave([1, 3, 6, 8], 1);
    const model = convolve(x, wave([5, 3, 3, 3], 2), floats([1, 2, 3, 4, 5]), options);
    const kernel = wave([2, 3, 3, 3], 3);
    assert.deepEqual(
      await evaluate(convolvedLike(model, x, kernel)),
      await evaluate(convolve(x, kernel, zeros, options)),
    );
  });
}

test('channels are mixed as by a kernel of one pixel', async () => {
  const [x, kernel] = [wave([2, 3, 2, 4], 1), wave([2, 3, 1, 1], 2)];
  assert.deepEqual(await evaluate(mixed(x, kernel)), await evaluate(convolve(x, kernel, zeros)));
});

test('what does not fit is refused', () => {
  const x = wave([1, 3, 4, 4], 1);
  const model = convolve(x, wave([2, 3, 3, 3], 2), zeros);
  assert.throws(() => convolvedLike(model, x, wave([2, 4, 3, 3], 3)), RangeError);
  assert.throws(() => convolvedLike(x, x, wave([2, 3, 3, 3], 3)), /no convolution/);
  assert.throws(() => mixed(x, wave([2, 2, 1, 1], 3)), RangeError);
});
