import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiresLatents, hiresSize } from './hires-size.ts';

/** Worked out by hand from A1111's rules (`calculate_target_resolution`); latents of 8 pixels. */
for (const [first, wanted, enlarged, latents] of [
  ['512x512', { scale: 2 }, '1024x1024', '128x128'],
  ['512x768', { scale: 1.3 }, '665x998', '83x124'],
  ['512x768', { scale: 2, width: 1000 }, '1000x1500', '125x187'],
  ['512x768', { scale: 2, height: 1000 }, '666x1000', '83x125'],
  ['512x512', { scale: 2, width: 1024, height: 768 }, '1024x1024', '128x96'],
  ['512x512', { scale: 2, width: 768, height: 1024 }, '1024x1024', '96x128'],
  ['640x360', { scale: 2, width: 900, height: 500 }, '900x506', '112x63'],
  ['512x512', { scale: 2, width: 512, height: 512 }, '512x512', '64x64'],
] as const) {
  test(`${first} to ${JSON.stringify(wanted)}`, () => {
    const [width, height] = first.split('x').map(Number);
    const size = hiresSize({ width, height }, wanted, 8);
    const drawn = hiresLatents(size, 8);
    assert.equal(`${size.enlarged.width}x${size.enlarged.height}`, enlarged);
    assert.equal(`${drawn.width}x${drawn.height}`, latents);
  });
}

test('something is left of every picture, and with both sides it has about their size', () => {
  const side = fc.integer({ min: 1, max: 2048 }).map((n) => n * 8);
  fc.assert(
    fc.property(side, side, side, side, (w, h, width, height) => {
      fc.pre(Math.max(w / h, h / w) < 64);
      const drawn = hiresLatents(hiresSize({ width: w, height: h }, { scale: 2, width, height }, 8), 8);
      assert.ok(Math.abs(drawn.width - width / 8) <= 1, `${drawn.width}`);
      assert.ok(Math.abs(drawn.height - height / 8) <= 1, `${drawn.height}`);
    }),
  );
});
