import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp, { type Metadata } from 'sharp';
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

async function upscale(options: object, file?: Buffer): Promise<Metadata & { readonly pixels: Buffer }> {
  const image = (file ?? (await plain.clone().png().toBuffer())).toString('base64');
  const { status, body } = await call('/sdapi/v1/extra-single-image', {
    image,
    upscaler_1: 'Lanczos',
    ...options,
  });
  assert.equal(status, 200, JSON.stringify(body));
  const result = sharp(Buffer.from(sdapi.extraSingleResponseSchema.parse(body).image, 'base64'));
  return { ...(await result.metadata()), pixels: await result.raw().toBuffer() };
}

for (const [options, size] of [
  [{}, [48, 32]],
  [{ upscaling_resize: 1.5 }, [32, 24]],
  [{ upscaler_1: 'Nearest', upscaling_resize: 4 }, [96, 64]],
  [{ upscaling_resize: 0.5 }, [8, 8]],
  [{ upscaling_resize: 10 }, [240, 160]],
  [{ upscaler_1: 'None' }, [24, 16]],
  [{ resize_mode: 1, upscaling_resize_w: 50, upscaling_resize_h: 50 }, [50, 50]],
  [{ resize_mode: 1, upscaling_resize_w: 48, upscaling_resize_h: 48, upscaling_crop: false }, [72, 48]],
] as const) {
  test(`extras with ${JSON.stringify(options)} give ${size.join('x')}`, async () => {
    const { width, height } = await upscale(options);
    assert.deepEqual([width, height], size);
  });
}

test('two upscalers are mixed by their share', async () => {
  const file = await sharp(Buffer.from([0, 255]), { raw: { width: 2, height: 1, channels: 1 } })
    .resize(8, 8, { fit: 'fill', kernel: 'nearest' })
    .png()
    .toBuffer();
  const [lanczos, nearest, mixed] = await Promise.all([
    upscale({}, file),
    upscale({ upscaler_1: 'Nearest' }, file),
    upscale({ upscaler_2: 'Nearest', extras_upscaler_2_visibility: 0.5 }, file),
  ]);
  const at = (image: typeof mixed, x: number): number => image.pixels[x * image.channels];
  for (let x = 0; x < 16; x++) {
    assert.ok(Math.abs(at(mixed, x) - (at(lanczos, x) + at(nearest, x)) / 2) <= 1, String(x));
  }
});

test('a picture lying on its side is turned', async () => {
  const { width, height } = await upscale(
    {},
    await plain.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  );
  assert.deepEqual([width, height], [32, 48]);
});

test('a picture that cannot be enlarged is refused in words that A1111 uses, and by its name', async () => {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 255);
  const whole = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const torn = whole.subarray(0, whole.length / 2).toString('base64');
  for (const [kind, request, field] of [
    ['single-image', { image: torn }, 'image'],
    [
      'batch-images',
      { imageList: [whole.toString('base64'), torn].map((data, i) => ({ data, name: `${i}` })) },
      'imageList.1.data',
    ],
  ] as const) {
    const { status, body } = await call(`/sdapi/v1/extra-${kind}`, { ...request, upscaler_1: 'Nearest' });
    const { detail, errors } = sdapi.sdapiErrorSchema.parse(body);
    assert.deepEqual([status, detail], [500, 'Invalid encoded image']);
    assert.match(errors, new RegExp(`^${field}: .*damaged`));
  }
});

test('unknown upscalers and too large results are refused', async () => {
  const image = (await plain.clone().png().toBuffer()).toString('base64');
  const unknown = await call('/sdapi/v1/extra-single-image', { image, upscaler_1: 'constructor' });
  assert.equal(unknown.status, 500);
  assert.match(JSON.stringify(unknown.body), /could not find upscaler named constructor/);
  const wide = (await plain.clone().resize(4000, 4000).png().toBuffer()).toString('base64');
  const large = await call('/sdapi/v1/extra-single-image', {
    image: wide,
    upscaler_1: 'Nearest',
    upscaling_resize: 8,
  });
  assert.equal(large.status, 422);
});

test('an upscaler that comes with the program enlarges, and the picture says so', async () => {
  const { width, height, comments } = await upscale({ upscaler_1: 'ESRGAN slim x4', upscaling_resize: 3 });
  assert.deepEqual([width, height], [72, 48]);
  const note = comments?.find(({ keyword }) => keyword === 'postprocessing')?.text;
  assert.equal(note, 'Postprocess upscale by: 3.0, Postprocess upscaler: ESRGAN slim x4');
});

test('the page learns what was done, and parameters stay in the picture', async () => {
  const file = encodePng({ width: 24, height: 16, data: new Uint8Array(24 * 16 * 3) }, infotext);
  const request = {
    image: Buffer.from(file).toString('base64'),
    upscaler_1: 'Nearest',
    upscaler_2: 'Lanczos',
    extras_upscaler_2_visibility: 0.5,
    resize_mode: 1,
    gfpgan_visibility: 1,
    codeformer_visibility: 0.5,
    upscale_first: true,
  };
  const { body } = await call('/sdapi/v1/extra-single-image', request);
  const { image, html_info: html } = sdapi.extraSingleResponseSchema.parse(body);
  const by = 'Postprocess upscaler: Nearest, Postprocess upscaler 2: Lanczos';
  assert.equal(html, `<p>Postprocess upscale to: 512x512, Postprocess crop to: 512x512, ${by}</p>`);
  assert.equal((await pngInfo(image)).body instanceof Object, true);
  assert.equal(sdapi.pngInfoResponseSchema.parse((await pngInfo(image)).body).info, infotext);
});

test('the answer has the format of the settings, with the parameters inside', async () => {
  const file = encodePng({ width: 24, height: 16, data: new Uint8Array(24 * 16 * 3) }, infotext);
  const image = Buffer.from(file).toString('base64');
  await call('/sdapi/v1/options', { samples_format: 'jpg' });
  try {
    const { body } = await call('/sdapi/v1/extra-single-image', { image, upscaler_1: 'Nearest' });
    const enlarged = sdapi.extraSingleResponseSchema.parse(body).image;
    assert.equal((await sharp(Buffer.from(enlarged, 'base64')).metadata()).format, 'jpeg');
    assert.equal(sdapi.pngInfoResponseSchema.parse((await pngInfo(enlarged)).body).info, infotext);
  } finally {
    await call('/sdapi/v1/options', { samples_format: 'png' });
  }
});

test('nothing to do leaves the picture, and says nothing', async () => {
  const image = (await plain.clone().png().toBuffer()).toString('base64');
  const { body } = await call('/sdapi/v1/extra-single-image', { image, upscaler_2: 'nobody' });
  assert.equal(sdapi.extraSingleResponseSchema.parse(body).html_info, '<p></p>');
});

test('upscalers are listed by the names that extras take', async () => {
  const { body } = await call('/sdapi/v1/upscalers');
  const names = sdapi.upscalerListSchema.parse(body).map(({ name }) => name);
  assert.deepEqual(names.slice(0, 3), ['None', 'Lanczos', 'Nearest']);
  assert.ok(names.includes('ESRGAN slim x4'));
  assert.deepEqual((await call('/sdapi/v1/realesrgan-models')).body, []);
});

test('enlarging is seen in the progress, and can be interrupted', async () => {
  const wide = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const imageList = [{ data: wide, name: 'a' }];
  const running = call('/sdapi/v1/extra-batch-images', { imageList, upscaler_1: 'ESRGAN slim x8' });
  for (;;) {
    const { state } = sdapi.progressResponseSchema.parse((await call('/sdapi/v1/progress')).body);
    if (state.job === 'extras') break;
  }
  assert.equal((await call('/sdapi/v1/interrupt', {})).status, 200);
  assert.deepEqual(sdapi.extraBatchResponseSchema.parse((await running).body).images, []);
});

test('a single picture that is interrupted comes to its size without the upscaler', async () => {
  const image = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const request = { image, upscaler_1: 'ESRGAN slim x8', upscaling_resize: 2 };
  const running = call('/sdapi/v1/extra-single-image', request);
  for (;;) {
    const { state } = sdapi.progressResponseSchema.parse((await call('/sdapi/v1/progress')).body);
    if (state.job === 'extras') break;
  }
  await call('/sdapi/v1/interrupt', {});
  const { status, body } = await running;
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const interrupted = sdapi.extraSingleResponseSchema.parse(body);
  const lanczos = await call('/sdapi/v1/extra-single-image', { ...request, upscaler_1: 'Lanczos' });
  assert.deepEqual(interrupted, sdapi.extraSingleResponseSchema.parse(lanczos.body));
});

test('a client that goes away takes its task along', async () => {
  const wide = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const leaving = new AbortController();
  const body = JSON.stringify({ image: wide, upscaler_1: 'ESRGAN slim x8' });
  const asked = fetch(`${server.url}/sdapi/v1/extra-single-image`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: leaving.signal,
  });
  const { tasks, events } = server.services;
  const gone = new Promise<void>((resolve) => {
    let own: string | undefined;
    events.subscribe((event) => {
      if (event.type === 'task' && event.task.state === 'running') {
        own = event.task.id;
        leaving.abort();
      }
      // Word of tasks of earlier tests may come late.
      if (event.type === 'task-deleted' && event.id === own) resolve();
    });
  });
  await assert.rejects(asked, { name: 'AbortError' });
  await gone;
  assert.deepEqual(await tasks.latest(), []);
});

test('a batch gives as many', async () => {
  const data = (await plain.clone().png().toBuffer()).toString('base64');
  const imageList = [
    { data, name: 'a' },
    { data, name: 'b' },
  ];
  const { body } = await call('/sdapi/v1/extra-batch-images', { imageList, upscaler_1: 'Nearest' });
  assert.equal(sdapi.extraBatchResponseSchema.parse(body).images.length, 2);
});
