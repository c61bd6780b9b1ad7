/** At which size a model draws. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawnSize } from './picture-size.ts';

const native = { width: 64, height: 64, min: 48, max: 96, otherSizes: 'upscale' } as const;

test('sizes that suit the model are drawn as they are', () => {
  assert.deepEqual(drawnSize({ width: 96, height: 48 }, native), { width: 96, height: 48 });
  assert.deepEqual(drawnSize({ width: 512, height: 512 }, undefined), { width: 512, height: 512 });
  const draws = { ...native, otherSizes: 'draw' } as const;
  assert.deepEqual(drawnSize({ width: 512, height: 512 }, draws), { width: 512, height: 512 });
});

test('other sizes are drawn small in about the same shape', () => {
  assert.deepEqual(drawnSize({ width: 512, height: 512 }, native), { width: 64, height: 64 });
  assert.deepEqual(drawnSize({ width: 1024, height: 512 }, native), { width: 88, height: 48 });
  assert.deepEqual(drawnSize({ width: 512, height: 4096 }, native), { width: 48, height: 96 });
  assert.deepEqual(drawnSize({ width: 16, height: 16 }, native), { width: 64, height: 64 });
});

test('what is drawn always suits the model', () => {
  const side = fc.integer({ min: 1, max: 2048 }).map((eighths) => 8 * eighths);
  fc.assert(
    fc.property(side, side, (width, height) => {
      for (const drawn of Object.values(drawnSize({ width, height }, native))) {
        assert.ok(drawn >= native.min && drawn <= native.max && drawn % 8 === 0, String(drawn));
      }
    }),
  );
});
