import assert from 'node:assert/strict';
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

const plain = sharp({ create: { width: 24, height: 16, channels: 3, background: '#c02030' } });

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

const infotext = 'a red apple\nSteps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 5, Size: 24x16';

async function infoOf(image: string): Promise<string> {
  return sdapi.pngInfoResponseSchema.parse((await call('/sdapi/v1/png-info', { image })).body).info;
}

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
  assert.equal(await infoOf(image), infotext);
});

test('the answer has the format of the settings, with the parameters inside', async () => {
  const file = encodePng({ width: 24, height: 16, data: new Uint8Array(24 * 16 * 3) }, infotext);
  const image = Buffer.from(file).toString('base64');
  await call('/sdapi/v1/options', { samples_format: 'jpg' });
  try {
    const { body } = await call('/sdapi/v1/extra-single-image', { image, upscaler_1: 'Nearest' });
    const enlarged = sdapi.extraSingleResponseSchema.parse(body).image;
    assert.equal((await sharp(Buffer.from(enlarged, 'base64')).metadata()).format, 'jpeg');
    assert.equal(await infoOf(enlarged), infotext);
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

test('a batch gives as many', async () => {
  const data = (await plain.clone().png().toBuffer()).toString('base64');
  const imageList = [
    { data, name: 'a' },
    { data, name: 'b' },
  ];
  const { body } = await call('/sdapi/v1/extra-batch-images', { imageList, upscaler_1: 'Nearest' });
  assert.equal(sdapi.extraBatchResponseSchema.parse(body).images.length, 2);
});
