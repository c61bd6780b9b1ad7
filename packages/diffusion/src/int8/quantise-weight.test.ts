import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantiseWeight } from './quantise-weight.ts';

test('each output channel has its own scale, and no element is further off than half a step', () => {
  const numbers = Float32Array.of(0.5, -2, 1, 0.001, -0.0005, 0.0002);
  const { integers, scales } = quantiseWeight(numbers, 2, false, 127);
  assert.deepEqual([integers[1], integers[3]], [-127, 127]);
  numbers.forEach((value, i) => {
    const scale = scales[i < 3 ? 0 : 1];
    assert.ok(Math.abs(integers[i] * scale - value) <= scale / 2 + 1e-7);
  });
});

test('transposed, the output channels come last', () => {
  const numbers = Float32Array.of(1, 2, 3, 30, 20, 10);
  const { integers } = quantiseWeight(numbers, 2, true, 3);
  assert.deepEqual([...integers], [1, 3, 2, 2, 3, 1]);
});

test('a channel of zeros stays zeros', () => {
  const { integers, scales } = quantiseWeight(new Float32Array(4), 2, false, 63);
  assert.deepEqual([...integers, ...scales], [0, 0, 0, 0, Math.fround(1e-6), Math.fround(1e-6)]);
});
