/** Run by onnxruntime, against their definitions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats, integers } from '../value.ts';
import type { Value } from '../value.ts';
import { less, padded, where } from './choice.ts';
import { unsqueeze } from './shape.ts';

async function evaluate(value: Value): Promise<readonly number[]> {
  const model = encodeOnnx(graphOf({ value }), (name) => assert.fail(`${name} is not expected`));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const { value: result } = await session.run({});
  await session.release();
  assert.deepEqual(result.dims, value.shape, 'the shape is the one foreseen');
  return Array.from(result.data as Iterable<number | bigint>, Number);
}

test('numbers below a limit are chosen from one, the others from another', async () => {
  const ids = integers([1, 7, 3, 9], [2, 2]);
  const isLow = less(ids, integers([4]));
  assert.deepEqual(await evaluate(where(isLow, ids, integers([0]))), [1, 0, 3, 0]);
  const [rows, others] = [floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), floats([-1, -2], [2])];
  assert.deepEqual(await evaluate(where(unsqueeze(isLow, [2]), rows, others)), [1, 2, -1, -2, 5, 6, -1, -2]);
  assert.throws(() => where(isLow, ids, others), /i64 and f32/);
});

test('rows are padded with zeros', async () => {
  assert.deepEqual(
    await evaluate(padded(floats([1, 2, 3, 4], [2, 2]), 1, 2)),
    [0, 1, 2, 0, 0, 0, 3, 4, 0, 0],
  );
});
