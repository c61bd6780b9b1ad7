/** Resizing, edges and blurs against OpenCV: `test-data/preprocessors/reference.py`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '../channels.ts';
import { canny } from './canny.ts';
import { decoded, assertWithin, facts, pictureOf } from './facts.ts';
import { blurBytes } from './gaussian.ts';
import { resizeLikeOpenCv } from './resize.ts';

for (const { kind, image, result } of facts.resize) {
  test(`${image} resized by ${kind} to ${result.width}x${result.height}`, () => {
    const actual = resizeLikeOpenCv(pictureOf(image), result.width, result.height, kind);
    assertWithin(actual, decoded(result), kind === 'nearest' ? 0 : 1);
  });
}

for (const { image, low, high, result } of facts.canny) {
  test(`edges of ${image} between ${low} and ${high}`, () => {
    assertWithin(canny(pictureOf(image), low, high), decoded(result), 0);
  });
}

for (const { image, sigma, result } of facts.blur) {
  test(`${image} blurred by ${sigma}`, () => {
    assertWithin(blurBytes(pictureOf(image), sigma), decoded(result), 0);
  });
}

test('a picture of one pixel has no edges and stays itself', () => {
  const dot: Bytes = { width: 1, height: 1, data: Uint8Array.of(9, 80, 250) };
  assert.deepEqual([...canny(dot, 1, 1).data], [0]);
  assert.deepEqual([...blurBytes(dot, 9).data], [9, 80, 250]);
  assert.deepEqual([...resizeLikeOpenCv(dot, 2, 1, 'cubic').data], [9, 80, 250, 9, 80, 250]);
});
