/** Maps in other sizes against the same put together from OpenCV: `test-data/preprocessors/reference.py`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWithin, decoded, facts, pictureOf } from '../../image/opencv/facts.ts';
import { fitMap } from './fit-map.ts';

for (const { image, mode, result } of facts.fits) {
  test(`a map (${image}) in ${result.width}x${result.height} by ${mode}`, () => {
    assertWithin(fitMap(pictureOf(image), mode, result.width, result.height), decoded(result), 1);
  });
}

test('a map of one pixel fits every size', () => {
  const dot = { width: 1, height: 1, data: Uint8Array.of(7, 8, 9) };
  for (const mode of ['stretch', 'crop', 'fill'] as const) {
    const { width, height, data } = fitMap(dot, mode, 16, 8);
    assert.deepEqual([width, height, data.length], [16, 8, 16 * 8 * 3]);
    assert.deepEqual([...data.subarray(-3)], [7, 8, 9]);
  }
});
