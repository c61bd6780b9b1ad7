import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { storeWeights } from './store-weights.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-stored-'));
after(() => rmSync(folder, { recursive: true }));

async function* two(fails = false): AsyncGenerator<readonly [string, Tensor]> {
  yield ['a', tensor([2], Float32Array.of(1, 2))];
  if (fails) throw new RangeError('no more');
  yield ['b', tensor([1, 3], Float32Array.of(3, 4, 5))];
}

test('weights lie one after the other in a file that goes when it is done with', async () => {
  const { tensors, remove } = await storeWeights(two(), folder);
  const b = tensors.get('b') ?? assert.fail();
  assert.deepEqual([b.type, b.shape, b.offset, b.length], ['f32', [1, 3], 8, 12]);
  assert.equal(readFileSync(b.path ?? '').readFloatLE(b.offset + 4), 4);
  await remove();
  assert.deepEqual(readdirSync(folder), []);
});

test('nothing is left where a weight cannot be computed', async () => {
  await assert.rejects(storeWeights(two(true), folder), RangeError);
  assert.deepEqual(readdirSync(folder), []);
});

test('a folder that cannot be written is an error that names it', async () => {
  await assert.rejects(storeWeights(two(), join(folder, 'missing')), {
    code: 'adapter.no-room',
    message: /missing: ENOENT/,
  });
});
