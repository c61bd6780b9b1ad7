/** Pictures: from the decoder's values, to other sizes, into PNG files. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { RgbImage } from '../api.ts';
import { readInfotext } from '../infotext/read-infotext.ts';
import { tensor } from '../tensor.ts';
import { coverImage } from './cover.ts';
import { cropMiddle, extendEdges } from './crop.ts';
import { encodePng } from './encode-png.ts';
import { shownBy } from './masked.ts';
import { toImages } from './pixels.ts';
import { resizeImage } from './resize.ts';

const imagesOf = (channels: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * channels, maxLength: width * height * channels })
        .map((data): RgbImage => ({ width, height, data })),
    );
const images = imagesOf(3);

/** A decoder for the filters that the PNG specification calls None, Sub and Up. */
function decode(png: Uint8Array): RgbImage {
  const file = Buffer.from(png);
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  let at = 8;
  while (file.toString('latin1', at + 4, at + 8) !== 'IDAT') at += 12 + file.readUInt32BE(at);
  const raw = inflateSync(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  const channels = file[25] === 6 ? 4 : 3;
  const stride = width * channels;
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const i = y * stride + x;
      const left = x < channels ? 0 : data[i - channels];
      const above = y === 0 ? 0 : data[i - stride];
      data[i] = raw[y * (stride + 1) + 1 + x] + [0, left, above][filter];
    }
  }
  return { width, height, data };
}

test('a PNG holds the same pixels and the infotext', () => {
  fc.assert(
    fc.property(
      fc.oneof(images, imagesOf(4)),
      fc.string({ unit: 'binary', minLength: 1 }),
      (image, infotext) => {
        const png = encodePng(image, infotext);
        assert.deepEqual(decode(png), image);
        if (!infotext.includes('\0')) assert.equal(readInfotext(png), infotext);
      },
    ),
  );
});

test('a PNG without infotext has none', () => {
  assert.equal(readInfotext(encodePng({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) })), undefined);
});

test('a picture as opaque as a mask has the bytes that Pillow composes', () => {
  const image = { width: 4, height: 1, data: Uint8Array.of(200, 100, 50, 200, 100, 50, 7, 255, 1, 9, 9, 9) };
  const { data } = shownBy(image, { width: 4, height: 1, data: Uint8Array.of(128, 255, 1, 0) });
  assert.deepEqual([...data], [199, 99, 49, 128, 200, 100, 50, 255, 0, 255, 0, 1, 0, 0, 0, 0]);
});

test('pixels are cut off, not rounded, as A1111 does', () => {
  const values = [-2, -1, -0.0001, 0, 0.999, 1, 5];
  const pixels = tensor([1, 3, 1, 7], Float32Array.from([...values, ...values, ...values]));
  const [image] = toImages(pixels, 1);
  const reds = [...image.data].filter((_, i) => i % 3 === 0);
  assert.deepEqual(reds, [0, 0, 127, 127, 254, 255, 255]);
});

test('NaN and infinity are an error that names the step', () => {
  for (const bad of [Number.NaN, Infinity]) {
    const pixels = tensor([1, 3, 1, 1], Float32Array.of(0, 0, bad));
    assert.throws(() => toImages(pixels, 7), { code: 'model.not-finite', details: { step: 7 } });
  }
});

test('resizing keeps flat colours and the size asked for', () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
      const data = new Uint8Array(width * height * 3).map((_, i) => [10, 128, 255][i % 3]);
      const resized = resizeImage({ width, height, data }, toWidth, toHeight);
      assert.deepEqual([resized.width, resized.height], [toWidth, toHeight]);
      assert.deepEqual(
        resized.data,
        new Uint8Array(toWidth * toHeight * 3).map((_, i) => [10, 128, 255][i % 3]),
      );
    }),
  );
});

test('resizing keeps left and right, top and bottom', () => {
  const width = 8;
  const data = new Uint8Array(width * width * 3).map((_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return [x < 4 ? 0 : 200, y < 4 ? 0 : 200, 0][i % 3];
  });
  for (const size of [4, 32]) {
    const { data: resized } = resizeImage({ width, height: width, data }, size, size);
    const corner = (x: number, y: number): number[] => [
      ...resized.subarray((y * size + x) * 3).subarray(0, 2),
    ];
    assert.deepEqual(
      corner(0, 0).map((v) => v < 60),
      [true, true],
    );
    assert.deepEqual(
      corner(size - 1, 0).map((v) => v < 60),
      [false, true],
    );
    assert.deepEqual(
      corner(0, size - 1).map((v) => v < 60),
      [true, false],
    );
  }
});

test('a picture of the wanted size is returned as it is', () => {
  const image = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) };
  assert.equal(resizeImage(image, 1, 1), image);
});

test('a picture extended at its edges and cropped is itself', () => {
  fc.assert(
    fc.property(images, fc.nat(3), (image, margin) => {
      const extended = extendEdges(image, margin);
      assert.deepEqual(
        [extended.width, extended.height],
        [image.width + 2 * margin, image.height + 2 * margin],
      );
      assert.deepEqual([...extended.data.subarray(0, 3)], [...image.data.subarray(0, 3)]);
      assert.deepEqual(cropMiddle(extended, image.width, image.height), image);
    }),
  );
});

test('covering fills the size asked for and cuts what is beyond', () => {
  const data = new Uint8Array(8 * 4 * 3).map((_, i) => (Math.floor(i / 3) % 8 < 4 ? 0 : 200));
  const covered = coverImage({ width: 8, height: 4, data }, 16, 16);
  assert.deepEqual([covered.width, covered.height, covered.data.length], [16, 16, 16 * 16 * 3]);
  assert.ok(covered.data[0] < 60 && covered.data[15 * 3] > 140);
});
