import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enlargementOf, isMiniature } from './enlargement.ts';

for (const [width, height, scale] of [
  [64, 64, 8],
  [56, 80, 6],
  [128, 128, 4],
  [8, 8, 64],
  [136, 64, 3],
  [256, 192, 2],
  [264, 64, 1],
  [512, 768, 1],
] as const) {
  test(`${width} x ${height} is shown ${scale} times as large`, () =>
    assert.equal(enlargementOf(width, height), scale));
}

test('pixels stay visible only where smoothing would leave nothing but blur', () => {
  assert.equal(isMiniature(64, 64), true);
  assert.equal(isMiniature(256, 256), false);
  assert.equal(isMiniature(1024, 1024), false);
});
