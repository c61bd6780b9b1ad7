import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';
import { encodePng } from '@bottega/diffusion';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

const infotext =
  'a red apple\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 5, Size: 24x16';
const plain = sharp({ create: { width: 24, height: 16, channels: 3, background: '#c02030' } });

async function pngInfo(file: Uint8Array | string) {
  const image = typeof file === 'string' ? file : Buffer.from(file).toString('base64');
  return call('/sdapi/v1/png-info', { image });
}

async function invalid(file: Uint8Array | string, errors = ''): Promise<void> {
  const { status, body } = await pngInfo(file);
  assert.equal(status, 500);
  assert.deepEqual(body, { error: 'HTTPException', detail: 'Invalid encoded image', body: '', errors });
}

/** A PNG of nothing but a header that claims a size, and what follows it. */
function png(
  width: number,
  height: number,
  ...chunks: readonly (readonly [type: string, data: Uint8Array])[]
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const all = [['IHDR', header] as const, ...chunks, ['IEND', new Uint8Array()] as const].map(
    ([type, data]) => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    },
  );
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...all]);
}

test('a PNG tells its parameters, parsed and as they are, also as a data: URI', async () => {
  const file = encodePng({ width: 24, height: 16, data: new Uint8Array(24 * 16 * 3) }, infotext);
  const base64 = Buffer.from(file).toString('base64');
  for (const image of [base64, `data:image/png;base64,${base64}`, ` ${base64}\n`]) {
    const { status, body } = await pngInfo(image);
    assert.equal(status, 200);
    const told = sdapi.pngInfoResponseSchema.parse(body);
    assert.equal(told.info, infotext);
    assert.equal(told.parameters['Negative prompt'], 'blurry');
    assert.equal(told.parameters['Size-1'], '24');
    assert.deepEqual(told.items, {});
  }
});

test("NovelAI's pictures are told as A1111 tells them, their own texts beside", async () => {
  const comment = '{"steps": 28, "sampler": "k_euler", "seed": 7, "scale": 11, "uc": "bad"}';
  const texts = { Software: 'NovelAI', Description: 'a cat', Comment: comment };
  const chunks = Object.entries(texts).map(
    ([key, text]) => ['tEXt', Buffer.from(`${key}\0${text}`)] as const,
  );
  const { body } = await pngInfo(png(1, 1, ...chunks, ['IDAT', deflateSync(new Uint8Array(4))]));
  const { info, items, parameters } = sdapi.pngInfoResponseSchema.parse(body);
  assert.match(
    info,
    /^a cat\nNegative prompt: bad\nSteps: 28, Sampler: Euler, .*Size: 1x1, Clip skip: 2, ENSD: 31337$/,
  );
  assert.deepEqual(items, texts);
  assert.deepEqual([parameters['Clip skip'], parameters.ENSD], ['2', '31337']);
});

test('other texts are items', async () => {
  const file = png(
    1,
    1,
    ['tEXt', Buffer.from('Software\0a program')],
    ['IDAT', deflateSync(new Uint8Array(4))],
  );
  const { body } = await pngInfo(file);
  assert.deepEqual(body, { ...(body as object), info: '', items: { Software: 'a program' } });
});

/** The header of one frame of one pixel. */
function frame(sequence: number): Buffer {
  const control = Buffer.alloc(26);
  for (const [at, value] of [sequence, 1, 1].entries()) control.writeUInt32BE(value, 4 * at);
  control.writeUInt16BE(1, 20);
  control.writeUInt16BE(10, 22);
  return control;
}

test('an animated PNG tells its parameters, wherever they lie', async () => {
  const pixels = deflateSync(new Uint8Array(4));
  const animation = Buffer.alloc(8);
  animation.writeUInt32BE(2, 0);
  const text = ['tEXt', Buffer.from(`parameters\0${infotext}`)] as const;
  const frames = [
    ['acTL', animation],
    ['fcTL', frame(0)],
    ['IDAT', pixels],
    ['fcTL', frame(1)],
    ['fdAT', Buffer.concat([Buffer.from([0, 0, 0, 2]), pixels])],
  ] as const;
  for (const chunks of [
    [text, ...frames],
    [...frames, text],
  ]) {
    const { status, body } = await pngInfo(png(1, 1, ...chunks));
    assert.equal(status, 200);
    const told = sdapi.pngInfoResponseSchema.parse(body);
    assert.deepEqual([told.info, told.parameters['Seed']], [infotext, '5']);
  }
});

for (const [what, make] of [
  ['16 bits', () => plain.clone().toColourspace('rgb16').png().toBuffer()],
  ['CMYK', () => plain.clone().toColourspace('cmyk').jpeg().toBuffer()],
  [
    'several frames',
    () =>
      sharp(Buffer.alloc(24 * 32 * 3), { raw: { width: 24, height: 32, channels: 3, pageHeight: 16 } })
        .gif()
        .toBuffer(),
  ],
  ['alpha', () => plain.clone().ensureAlpha(0.5).png().toBuffer()],
  ['WebP', () => plain.clone().webp().toBuffer()],
  ['one pixel', () => plain.clone().resize(1, 1).png().toBuffer()],
] as const) {
  test(`a picture with ${what} and no parameters has none`, async () => {
    const { status, body } = await pngInfo(await make());
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal((body as { info: string }).info, '');
  });
}

for (const [what, file] of [
  ['nothing', ''],
  ['words', 'not a picture'],
  ['text in base64', Buffer.from('<html></html>').toString('base64')],
  ['a data: URI without data', 'data:image/png;base64'],
  [
    'a drawing that is a program',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
  ],
  ['the beginning of a PNG', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
  ['a PNG of 2^31 by 2^31 pixels', png(2 ** 31 - 1, 2 ** 31 - 1)],
] as const) {
  test(`${what} is not a picture`, () => invalid(file));
}

test('a decompression bomb is refused with its size and the largest', () =>
  invalid(
    png(30_000, 30_000, ['IDAT', deflateSync(new Uint8Array(90_000))]),
    'A picture of 900000000 pixels is too large; send one of at most 134217728.',
  ));

test('a text that unpacks to very much is left out', async () => {
  const bomb = Buffer.concat([Buffer.from('parameters\0\0'), deflateSync(Buffer.alloc(2 ** 26, 'x'))]);
  const { status, body } = await pngInfo(png(1, 1, ['zTXt', bomb], ['IDAT', deflateSync(new Uint8Array(4))]));
  assert.equal(status, 200);
  assert.equal((body as { info: string }).info, '');
});

for (const address of [
  'http://127.0.0.1/a.png',
  'https://nowhere.invalid/a.png',
  'http://169.254.169.254/',
]) {
  test(`${address} is not fetched`, async () => {
    const { status, body } = await pngInfo(address);
    assert.equal(status, 500);
    assert.equal((body as { detail: string }).detail, 'Request to local resource not allowed');
  });
}

test('no model describes pictures', async () => {
  const image = (await plain.clone().png().toBuffer()).toString('base64');
  for (const model of ['clip', 'deepdanbooru', 'other']) {
    const { status, body } = await call('/sdapi/v1/interrogate', { image, model });
    assert.equal(status, 404);
    assert.equal((body as { detail: string }).detail, 'Model not found');
  }
});
