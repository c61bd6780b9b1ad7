/** Expected sizes are what A1111's `old_hires_fix_first_pass_dimensions` gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { withOldSizes } from './first-pass-size.ts';

const asked = (width: number, height: number, enable_hr = true) =>
  sdapi.txt2imgRequestSchema.parse({ prompt: '', width, height, enable_hr });
const old = { use_old_hires_fix_width_height: true };

test('the size asked for is that of the second pass', () => {
  for (const [width, height, first] of [
    [1024, 1024, '512x512'],
    [1024, 768, '640x448'],
    [1920, 1080, '704x384'],
    [512, 512, '512x512'],
    [2048, 512, '1024x256'],
    [1000, 600, '704x448'],
  ] as const) {
    const request = withOldSizes(asked(width, height), old);
    assert.equal(`${request.width}x${request.height}`, first);
    assert.deepEqual([request.hr_resize_x, request.hr_resize_y], [width, height]);
  }
});

test('only with the setting and a second pass', () => {
  const without = asked(1024, 1024, false);
  assert.equal(withOldSizes(without, old), without);
  const usual = asked(1024, 1024);
  assert.equal(withOldSizes(usual, { use_old_hires_fix_width_height: false }), usual);
});
