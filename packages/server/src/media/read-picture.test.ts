import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@bottega/contract';
import sharp, { type Sharp } from 'sharp';
import { onBackground, whereToDraw } from './flatten.ts';
import { readPicture, writePicture } from './read-picture.ts';

const red = { r: 255, g: 0, b: 0 };
const plain = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: red } });

/** Half red, half see-through green. */
const halfTransparent = Buffer.from([255, 0, 0, 255, 0, 255, 0, 0]);

for (const format of ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const) {
  test(`${format} is read`, async () => {
    const { width, height, channels, data } = await readPicture(
      await plain(24, 16).toFormat(format).toBuffer(),
    );
    assert.deepEqual([width, height, data.length], [24, 16, 24 * 16 * channels]);
    assert.ok(data[0] > 240 && data[1] < 15);
  });
}

test('a picture that lies on its side is turned as its EXIF says', async () => {
  const raw = Buffer.from([255, 0, 0, 0, 0, 255]);
  const file = await sharp(raw, { raw: { width: 2, height: 1, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const { width, height, data } = await readPicture(file);
  assert.deepEqual([width, height, [...data]], [1, 2, [255, 0, 0, 0, 0, 255]]);
});

test('one pixel is a picture', async () => {
  assert.deepEqual([...(await readPicture(await plain(1, 1).png().toBuffer())).data], [255, 0, 0]);
});

for (const [kind, channels, expected] of [
  ['grey', 1, 3],
  ['grey with transparency', 2, 4],
] as const) {
  test(`${kind} comes in colours`, async () => {
    const raw = Buffer.from([7, 9].slice(0, channels));
    const file = await sharp(raw, { raw: { width: 1, height: 1, channels } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const read = await readPicture(file);
    assert.equal(read.channels, expected);
    assert.deepEqual([...read.data], [7, 7, 7, 9].slice(0, expected));
  });
}

test('inks become light as Pillow has it, and are not taken for opacity', async () => {
  // Pillow 13: Image.frombytes('CMYK', (5, 1), …) as TIFF, and what its convert('RGB') makes of it.
  const parts = [
    'SUkqAAgAAAAKAAABBAABAAAABQAAAAEBBAABAAAAAQAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAAB',
    'AAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAQAAABcBBAABAAAAFAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAAAAAAD/AAAA',
    'AIAAAAoUHijIZDL/',
  ];
  const file = Buffer.from(parts.join(''), 'base64');
  const light = [255, 255, 255, 0, 255, 255, 255, 127, 255, 207, 198, 190, 0, 0, 0];
  assert.deepEqual([...(await readPicture(file)).data], light);
  const jpeg = await sharp(file).pipelineColourspace('cmyk').toColourspace('cmyk').jpeg().toBuffer();
  assert.equal((await sharp(jpeg).metadata()).space, 'cmyk');
  const { width, channels, data } = await readPicture(jpeg);
  assert.deepEqual([width, channels], [5, 3]);
  assert.ok(data[0] > 200 && data[14] < 60, data.join());
});

test('sixteen bits become eight', async () => {
  const file = await sharp(Buffer.from([128, 128, 128]), { raw: { width: 1, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(file).metadata()).depth, 'ushort');
  assert.equal((await readPicture(file)).data.length, 3);
});

for (const [what, file] of [
  ['nothing', async () => Buffer.alloc(0)],
  ['text', async () => Buffer.from('not a picture at all')],
  ['a drawing that is a program', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['the beginning of a picture', async () => (await plain(64, 64).jpeg().toBuffer()).subarray(0, 200)],
  ['a torn PNG', async () => half(await noise(64, 64).png().toBuffer())],
  ['a side of 20,000 pixels', async () => plain(20_000, 4).png().toBuffer()],
  ['a bomb: 16,000 x 16,000 pixels in a few bytes', () => bomb(16_000, 16_000)],
  ['a bomb that claims more than there is', () => bomb(2 ** 31 - 1, 2 ** 31 - 1)],
] as const) {
  test(`${what} is refused`, async () => {
    await assert.rejects(readPicture(await file()), (error) => {
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, 'picture.unreadable');
      return true;
    });
  });
}

function half(file: Buffer): Buffer {
  return file.subarray(0, file.length / 2);
}

function noise(width: number, height: number): Sharp {
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 255),
  );
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A PNG whose header promises this size, with nothing behind it. */
async function bomb(width: number, height: number): Promise<Buffer> {
  const { crc32 } = await import('node:zlib');
  const file = await plain(1, 1).png().toBuffer();
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
}

test('what is written is read back, transparency included', async () => {
  const pixels = { width: 2, height: 1, channels: 4, data: halfTransparent } as const;
  assert.deepEqual(await readPicture(await writePicture(pixels)), pixels);
});

test('through transparent parts the background shows, half of it through half', () => {
  const pixels = { width: 1, height: 1, channels: 4, data: Buffer.from([10, 20, 30, 127]) } as const;
  // Pillow 10: Image.paste of this pixel onto white, and onto #102030.
  assert.deepEqual([...onBackground(pixels).data], [133, 138, 143]);
  assert.deepEqual([...onBackground(pixels, '#102030').data], [13, 26, 39]);
});

test('a mask with transparency is its opacity, all or nothing where it is rounded', () => {
  const data = Buffer.from([9, 9, 9, 128, 9, 9, 9, 129]);
  const mask = { width: 2, height: 1, channels: 4, data } as const;
  assert.deepEqual([...whereToDraw(mask, true).data], [0, 0, 0, 255, 255, 255]);
  assert.deepEqual([...whereToDraw(mask, false).data], [128, 128, 128, 129, 129, 129]);
  const opaque = { ...mask, data: Buffer.from([1, 2, 3, 255, 4, 5, 6, 255]) };
  assert.deepEqual([...whereToDraw(opaque, true).data], [1, 2, 3, 4, 5, 6]);
});
