import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrixRate } from './matrix-rate.ts';

test('a rate is measured, and is one that processors have', async () => {
  const rate = await matrixRate({ seconds: 0, threads: 1 });
  assert.ok(rate > 1e7 && rate < 1e15, `${rate} operations a second`);
});
