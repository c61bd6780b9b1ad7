import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../../tensor.ts';
import { stretchLatents } from './stretch-latents.ts';

test('interpolates as PyTorch does', () => {
  const square = tensor([1, 2, 2], Float32Array.of(0, 1, 2, 3));
  const wide = stretchLatents(square, 2, 4);
  assert.deepEqual([...wide.data], [0, 0.25, 0.75, 1, 2, 2.25, 2.75, 3]);
  const line = tensor([1, 1, 5], Float32Array.of(0, 10, 20, 30, 40));
  assert.deepEqual(
    [...stretchLatents(line, 1, 2).data].map((value) => Math.round(value * 100) / 100),
    [7.5, 32.5],
  );
});

test('keeps what is flat, and the size it has', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, side, side, (height, width, toHeight, toWidth) => {
      const latents = tensor([2, height, width], new Float32Array(2 * height * width).fill(0.5));
      const stretched = stretchLatents(latents, toHeight, toWidth);
      assert.deepEqual(stretched.shape, [2, toHeight, toWidth]);
      assert.ok(stretched.data.every((value) => value === 0.5));
      assert.equal(stretchLatents(latents, height, width), latents);
    }),
  );
});
