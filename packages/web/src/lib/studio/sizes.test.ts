import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sizePresets } from './sizes.ts';

test('presets for 512', () => {
  assert.deepEqual(
    sizePresets({ width: 512, height: 512 }).map(({ width, height }) => `${width}x${height}`),
    ['512x512', '448x640', '640x448', '704x384'],
  );
});

test('presets for a miniature of 64', () => {
  assert.deepEqual(
    sizePresets({ width: 64, height: 64 }).map(({ width, height }) => `${width}x${height}`),
    ['64x64', '56x80', '80x56', '88x48'],
  );
});

test('sides are multiples of 8, the native square is exact, and areas stay near', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 256 }), (units) => {
      const native = { width: units * 8, height: units * 8 };
      for (const { name, width, height } of sizePresets(native)) {
        assert.equal(width % 8 || height % 8, 0);
        if (name === 'square') assert.deepEqual({ width, height }, native);
        const ratio = (width * height) / (native.width * native.height);
        assert.ok(ratio > 0.6 && ratio < 1.5, `${name} ${width}x${height} of ${native.width}`);
      }
    }),
  );
});
