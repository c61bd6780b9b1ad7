/** Generation parameters out of files: PNG, JPEG and WebP, honest and hostile. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { readInfotext } from './read-infotext.ts';

const infotext = 'a cat, 日本\nSteps: 20, Sampler: Euler a, Seed: 1';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function png(...chunks: readonly Buffer[]): Buffer {
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.alloc(13)),
    ...chunks,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A TIFF block whose only content is a user comment, as piexif writes it. */
function exif(comment: Buffer, little = false): Buffer {
  const block = Buffer.alloc(44);
  const u16 = (value: number, at: number): unknown =>
    little ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at);
  const u32 = (value: number, at: number): unknown =>
    little ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
  block.write(little ? 'II' : 'MM');
  u16(42, 2);
  u32(8, 4);
  for (const [at, tag, type, count, value] of [
    [8, 0x8769, 4, 1, 26],
    [26, 0x9286, 7, comment.length, 44],
  ]) {
    u16(1, at);
    u16(tag, at + 2);
    u16(type, at + 4);
    u32(count, at + 6);
    u32(value, at + 10);
  }
  return Buffer.concat([block, comment]);
}

const bigEndian = Buffer.concat([bytes('UNICODE\0'), Buffer.from(infotext, 'utf16le').swap16()]);
const littleEndian = Buffer.concat([bytes('UNICODE\0'), Buffer.from(infotext, 'utf16le')]);

function jpeg(block: Buffer): Buffer {
  const segment = Buffer.concat([bytes('Exif\0\0'), block]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(segment.length + 2, 10);
  return Buffer.concat([head, segment, Buffer.from([0xff, 0xda, 0, 2])]);
}

function riffChunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function webp(block: Buffer): Buffer {
  return riffChunk(
    'RIFF',
    Buffer.concat([bytes('WEBP'), riffChunk('VP8 ', Buffer.alloc(3)), riffChunk('EXIF', block)]),
  );
}

const utf8 = Buffer.from(infotext);

/** Written by Pillow 13, as A1111 has it done. */
const gif = Buffer.from(
  'R0lGODlhCAAIAIEAAAECAwAAAAAAAAAAACH+MmEgY2F0LCDml6XmnKwKU3RlcHM6IDIwLCBTYW1wbGVyOiBFdWxlciBhLCBTZWVkOiAxACwAAAAACAAIAAAIDwABCBxIsKDBgwgTKkwYEAA7',
  'base64',
);
const avif = Buffer.from(
  [
    'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAEsbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAA',
    'AAAAAAAOcGl0bQAAAAAAAQAAACxpbG9jAAAAAEQAAAIAAQAAAAEAAAHuAAAAIwACAAAAAQAAAVQAAACaAAAAQWlpbmYAAAAAAAIA',
    'AAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAABlpbmZlAgAAAAACAABFeGlmRXhpZgAAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEA',
    'AQAAAGppcHJwAAAAS2lwY28AAAAUaXNwZQAAAAAAAAAIAAAACAAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EADAAAAAATY29scm5j',
    'bHgAAQANAAaAAAAAF2lwbWEAAAAAAAAAAQABBAECgwQAAADFbWRhdAAAAAZFeGlmAABNTQAqAAAACAABh2kABAAAAAEAAAAaAAAA',
    'AAABkoYAAQAAAGQAAAAsAAAAAFVOSUNPREUAAGEAIABjAGEAdAAsACBl5WcsAAoAUwB0AGUAcABzADoAIAAyADAALAAgAFMAYQBt',
    'AHAAbABlAHIAOgAgAEUAdQBsAGUAcgAgAGEALAAgAFMAZQBlAGQAOgAgADESAAoIGAi/aICGg0IyFRTHh4ZlAgggnlAAAABIWtlc',
    '1jAVQw==',
  ].join(''),
  'base64',
);

/** A PNG of NovelAI, 64 pixels wide and 32 high. */
function novelAi(comment: string, software = 'NovelAI'): Buffer {
  const texts = { Title: 'AI generated image', Description: 'a cat', Software: software, Comment: comment };
  const file = png(...Object.entries(texts).map(([key, text]) => chunk('tEXt', bytes(`${key}\0${text}`))));
  file.writeUInt32BE(64, 16);
  file.writeUInt32BE(32, 20);
  return file;
}
const novelAiComment =
  '{"steps": 28, "sampler": "k_dpmpp_2m", "seed": 7, "scale": 11.5, "uc": "lowres, \\"bad\\""}';
const kinds: Readonly<Record<string, Buffer>> = {
  'PNG iTXt': png(chunk('iTXt', Buffer.concat([bytes('parameters\0\0\0\0\0'), utf8]))),
  'PNG iTXt, packed': png(
    chunk('iTXt', Buffer.concat([bytes('parameters\0\x01\0it\0\0'), deflateSync(utf8)])),
  ),
  'PNG iTXt after the pixels': png(
    chunk('IDAT', Buffer.alloc(9)),
    chunk('iTXt', Buffer.concat([bytes('parameters\0\0\0\0\0'), utf8])),
  ),
  'PNG eXIf': png(chunk('eXIf', exif(bigEndian))),
  JPEG: jpeg(exif(bigEndian)),
  'JPEG, little-endian': jpeg(exif(littleEndian, true)),
  'JPEG, orders mixed as A1111 does': jpeg(exif(bigEndian, true)),
  WebP: webp(exif(bigEndian)),
  GIF: gif,
  AVIF: avif,
  'WebP with a JPEG mark': webp(Buffer.concat([bytes('Exif\0\0'), exif(littleEndian, true)])),
};

for (const [kind, file] of Object.entries(kinds)) {
  test(`reads the parameters of a ${kind}`, () => assert.equal(readInfotext(file), infotext));

  test(`a ${kind} cut or changed anywhere is read without an error`, () => {
    const position = fc.nat(file.length - 1);
    fc.assert(
      fc.property(position, position, fc.nat(255), (cut, at, value) => {
        const changed = Buffer.from(file);
        changed[at] = value;
        readInfotext(changed);
        readInfotext(changed.subarray(0, cut));
      }),
    );
  });
}

test('an AVIF whose pieces have no length has no parameters', () => {
  const file = Buffer.from(avif);
  const sizes = file.indexOf('iloc') + 8;
  assert.equal(file[sizes], 0x44);
  file[sizes] = 0x40;
  assert.equal(readInfotext(file), undefined);
});

test('what NovelAI says is told in the words of A1111', () => {
  const told =
    'a cat\nNegative prompt: lowres, "bad"\nSteps: 28, Sampler: DPM++ 2M, CFG scale: 11.5, Seed: 7, ';
  assert.equal(readInfotext(novelAi(novelAiComment)), `${told}Size: 64x32, Clip skip: 2, ENSD: 31337`);
  const unknown = readInfotext(novelAi(novelAiComment.replace('k_dpmpp_2m', 'ddim_v3'))) ?? '';
  assert.match(unknown, /Sampler: Euler a, /);
});

test('what only looks like NovelAI has no parameters', () => {
  for (const comment of ['', '{', 'null', '[]', '{"steps": 28}', novelAiComment.replace('7', '[7]')]) {
    assert.equal(readInfotext(novelAi(comment)), undefined);
  }
  assert.equal(readInfotext(novelAi(novelAiComment, 'Paint')), undefined);
});

/** A sub-block of a GIF. */
const block = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), bytes(text)]);
const commentOf = (...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([0x21, 0xfe]), ...parts, Buffer.from([0])]);

test('a GIF has its comments put together, and none that is too long', () => {
  const head = Buffer.from(gif.subarray(0, 25));
  const loop = Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex');
  const file = Buffer.concat([
    head,
    commentOf(block('a c'), block('at')),
    loop,
    commentOf(block('!')),
    bytes(','),
  ]);
  assert.equal(readInfotext(file), 'a cat!');
  const long = Array.from({ length: 9000 }, () => block('x'.repeat(255)));
  assert.equal(readInfotext(Buffer.concat([head, commentOf(...long)])), undefined);
});

test('reads Latin-1 text of PNGs', () => {
  assert.equal(readInfotext(png(chunk('tEXt', bytes('parameters\0caf\xe9')))), 'café');
  const packed = Buffer.concat([bytes('parameters\0\0'), deflateSync(bytes('caf\xe9'))]);
  assert.equal(readInfotext(png(chunk('zTXt', packed))), 'café');
});

test('text that unpacks to gigabytes is left out', () => {
  const bomb = deflateSync(Buffer.alloc(64 << 20));
  assert.equal(readInfotext(png(chunk('zTXt', Buffer.concat([bytes('parameters\0\0'), bomb])))), undefined);
  const packed = Buffer.concat([bytes('parameters\0\x01\0\0\0'), bomb]);
  assert.equal(readInfotext(png(chunk('iTXt', packed))), undefined);
});

test('files without parameters have none', () => {
  assert.equal(readInfotext(new Uint8Array()), undefined);
  assert.equal(readInfotext(bytes('GIF89a')), undefined);
  assert.equal(readInfotext(png(chunk('tEXt', bytes('Title\0x')))), undefined);
  assert.equal(readInfotext(jpeg(exif(bytes('')))), undefined);
  assert.equal(readInfotext(bytes('\x89PNG')), undefined);
});

test('any bytes are read without an error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (file) => void readInfotext(file)));
});
