/** The part of a picture that a mask encloses, and how it takes the shape that is drawn. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, cropped, padded, pasted, shaped } from './region.ts';

const picture = (width: number, height: number) => ({
  width,
  height,
  data: new Uint8Array(width * height).map((_, i) => i),
});

test('bounds enclose all that is not black', () => {
  const data = new Uint8Array(5 * 4);
  assert.equal(boundsOf({ width: 5, height: 4, data }), undefined);
  data[1 * 5 + 3] = 1;
  data[2 * 5 + 1] = 255;
  assert.deepEqual(boundsOf({ width: 5, height: 4, data }), { left: 1, top: 1, right: 4, bottom: 3 });
});

/** Worked out by hand from A1111's rule. */
const cases = [
  { box: [10, 10, 20, 15], shape: [64, 64], picture: [100, 100], expected: [10, 8, 20, 18] },
  { box: [0, 90, 40, 100], shape: [64, 64], picture: [100, 100], expected: [0, 60, 40, 100] },
  { box: [0, 0, 80, 10], shape: [64, 64], picture: [100, 50], expected: [0, 0, 80, 50] },
  { box: [90, 0, 100, 40], shape: [96, 64], picture: [100, 100], expected: [40, 0, 100, 40] },
  { box: [3, 3, 4, 8], shape: [16, 8], picture: [9, 9], expected: [0, 3, 9, 8] },
] as const;

for (const {
  box,
  shape,
  picture: [width, height],
  expected,
} of cases) {
  test(`the box ${box.join()} in the shape ${shape.join('x')} is ${expected.join()}`, () => {
    const [left, top, right, bottom] = box;
    const result = shaped(
      { left, top, right, bottom },
      { width: shape[0], height: shape[1] },
      picture(width, height),
    );
    assert.deepEqual([result.left, result.top, result.right, result.bottom], [...expected]);
  });
}

const side = fc.integer({ min: 1, max: 30 });
const boxes = fc
  .record({ width: side, height: side, x: fc.nat(29), y: fc.nat(29), wide: side, high: side })
  .map(({ width, height, x, y, wide, high }) => {
    const [left, top] = [x % width, y % height];
    const [right, bottom] = [Math.min(width, left + wide), Math.min(height, top + high)];
    return { image: picture(width, height), box: { left, top, right, bottom } };
  });

test('boxes only grow, and stay inside the picture', () => {
  fc.assert(
    fc.property(boxes, side, side, fc.nat(40), ({ image, box }, width, height, padding) => {
      for (const grown of [shaped(box, { width, height }, image), padded(box, padding, image)]) {
        assert.ok(grown.left >= 0 && grown.left <= box.left && grown.right >= box.right);
        assert.ok(grown.top >= 0 && grown.top <= box.top && grown.bottom >= box.bottom);
        assert.ok(grown.right <= image.width && grown.bottom <= image.height);
      }
    }),
  );
});

test('a part that is cut out and pasted into its place changes nothing', () => {
  fc.assert(
    fc.property(boxes, ({ image, box }) => {
      assert.deepEqual(pasted(image, cropped(image, box), box.left, box.top), image);
    }),
  );
});
