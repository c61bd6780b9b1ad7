/** img2img, with the real engine on a tiny model. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp, { type Sharp } from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer({ engine: 'real' });
  call = callApi(server.url);
});
after(() => server.stop());

type Colour = readonly [number, number, number, number?];

/** A picture in base64: each pixel as `colourAt` says. */
async function picture(width: number, height: number, colourAt: (x: number, y: number) => Colour) {
  const colours = Array.from({ length: width * height }, (_, i) =>
    colourAt(i % width, Math.floor(i / width)),
  );
  const channels = colours[0].length as 3 | 4;
  const raw = Buffer.from(colours.flat() as number[]);
  return sharp(raw, { raw: { width, height, channels } }).png();
}

const base64 = async (image: Sharp): Promise<string> => (await image.toBuffer()).toString('base64');
const blue = await base64(await picture(64, 64, (x, y) => [x * 2, y * 2, 220]));
const square = (x: number, y: number): boolean => x >= 16 && x < 32 && y >= 16 && y < 32;
const mask = await base64(await picture(64, 64, (x, y) => (square(x, y) ? [255, 255, 255] : [0, 0, 0])));

const small = { prompt: 'a pear', steps: 3, width: 64, height: 64, seed: 5, init_images: [blue] };

async function draw(request: object) {
  const { status, body } = await call('/sdapi/v1/img2img', { ...small, ...request });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const response = sdapi.generationResponseSchema.parse(body);
  const told = sdapi.generationInfoSchema.parse(JSON.parse(response.info));
  return { ...response, told, infotext: told.infotexts[0] };
}

async function pixels(image: string): Promise<{ width: number; height: number; data: Buffer }> {
  const { data, info } = await sharp(Buffer.from(image, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

test('the answer says how far it went, and keeps the pictures to itself unless asked', async () => {
  const { parameters, infotext, told } = await draw({ denoising_strength: 0.5 });
  assert.match(infotext, /Denoising strength: 0\.5/);
  assert.equal(told.denoising_strength, 0.5);
  assert.deepEqual([parameters.init_images, parameters.mask], [null, null]);
  const asked = await draw({ include_init_images: true });
  assert.deepEqual(asked.parameters.init_images, [blue]);
});

async function gone(): Promise<boolean> {
  return (await server.client.listGenerations()).generations.length === 0;
}

test('nothing is left of a request: neither its pictures nor what it started from', async () => {
  const { images } = await draw({});
  assert.equal(images.length, 1);
  for (let i = 0; i < 200 && !(await gone()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(await gone());
});

/** Whether two pictures have the same pixels; comparing buffers by `deepEqual` takes a minute to say no. */
async function areEqual(a: string, b: string): Promise<boolean> {
  return (await pixels(a)).data.equals((await pixels(b)).data);
}

test('the same request gives the same picture', async () => {
  const [one, two] = [await draw({}), await draw({})];
  assert.ok(await areEqual(one.images[0], two.images[0]));
});

test('as an address of data, whatever its type claims', async () => {
  const plain = await draw({});
  for (const prefix of ['data:image/png;base64,', 'data:image/jpeg;base64,', 'data:image/svg+xml;base64,']) {
    const named = await draw({ init_images: [prefix + blue] });
    assert.ok(await areEqual(named.images[0], plain.images[0]), prefix);
  }
});

test('outside the mask not a pixel changes; inverted, not a pixel inside it', async () => {
  const original = (await pixels(blue)).data;
  const changedAt = async (request: object): Promise<Set<boolean>> => {
    const { images } = await draw({ mask, mask_blur: 0, denoising_strength: 1, ...request });
    const { data, width, height } = await pixels(images[0]);
    assert.deepEqual([width, height], [64, 64]);
    const changed = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) =>
      [0, 1, 2].some((colour) => data[3 * i + colour] !== original[3 * i + colour]),
    );
    return new Set(changed.map((i) => square(i % 64, Math.floor(i / 64))));
  };
  for (const whole of [true, false]) {
    assert.deepEqual(await changedAt({ inpaint_full_res: whole }), new Set([true]));
    assert.deepEqual(
      await changedAt({ inpaint_full_res: whole, inpainting_mask_invert: 1 }),
      new Set([false]),
    );
  }
});

test('the defaults of the API: only the masked area, no padding, filled from around', async () => {
  const { infotext } = await draw({ mask });
  assert.match(
    infotext,
    /Mask blur: 4, Inpaint area: Only masked, Masked area padding: 0, Masked content: fill/,
  );
  const other = await draw({ mask, inpaint_full_res: false, inpainting_fill: 1, mask_blur: 2 });
  assert.match(other.infotext, /Mask blur: 2/);
  assert.doesNotMatch(other.infotext, /Inpaint area|Masked content/);
  const axes = await draw({ mask, mask_blur_x: 2, mask_blur_y: 6, inpainting_mask_invert: 1 });
  assert.doesNotMatch(axes.infotext, /Mask blur/);
  assert.match(axes.infotext, /Mask mode: Inpaint not masked/);
});

for (const [what, colour] of [
  ['black', 0],
  ['white', 255],
] as const) {
  test(`a mask that is all ${what} is drawn`, async () => {
    const image = await base64(await picture(64, 64, () => [colour, colour, colour]));
    for (const inpaint_full_res of [true, false]) {
      assert.equal((await draw({ mask: image, inpaint_full_res })).images.length, 1);
    }
  });
}

test('a mask of another size, and one that is its transparency', async () => {
  const large = await base64(
    await picture(128, 96, (x, y) => (x < 64 && y < 48 ? [0, 0, 0, 255] : [0, 0, 0, 0])),
  );
  const { images } = await draw({ mask: large, mask_blur: 0, inpaint_full_res: false });
  const [{ data }, original] = [await pixels(images[0]), (await pixels(blue)).data];
  const corner = (63 * 64 + 63) * 3;
  assert.deepEqual([...data.subarray(corner)], [...original.subarray(corner)]);
});

for (const [mode, name] of ['stretch', 'crop', 'fill', 'latent'].entries()) {
  test(`resize mode ${mode}: ${name}`, async () => {
    const wide = await base64(await picture(96, 40, (x) => [x, 0, 0]));
    const { images } = await draw({ init_images: [wide], resize_mode: mode });
    const { width, height } = await pixels(images[0]);
    assert.deepEqual([width, height], [64, 64]);
  });
}

test('one pixel, and a picture with transparency, are drawn from', async () => {
  for (const image of [
    await picture(1, 1, () => [1, 2, 3]),
    await picture(30, 20, (x) => [0, 200, 0, x * 8]),
  ]) {
    assert.equal((await draw({ init_images: [await base64(image)] })).images.length, 1);
  }
});

test('where a picture is transparent, the colour of the settings shows through', async () => {
  const clear = await base64(await picture(64, 64, () => [9, 9, 9, 0]));
  const solid = await base64(await picture(64, 64, () => [16, 32, 48]));
  const settings = { override_settings: { img2img_background_color: '#102030' } };
  const [a, b] = [await draw({ init_images: [clear], ...settings }), await draw({ init_images: [solid] })];
  assert.ok(await areEqual(a.images[0], b.images[0]));
});

test('several pictures make a batch; more than the batch has places are refused', async () => {
  const { images, told } = await draw({ init_images: [blue, mask], batch_size: 3 });
  assert.equal(images.length, 2);
  assert.deepEqual(told.all_seeds, [5, 6]);
  const { status, body } = await call('/sdapi/v1/img2img', { ...small, init_images: [blue, mask] });
  assert.equal(status, 500);
  assert.match(sdapi.sdapiErrorSchema.parse(body).detail, /bad number of images passed: 2/);
});

test('the first noise can be weakened, by the request and by the settings', async () => {
  const weak = await draw({ initial_noise_multiplier: 0.5 });
  assert.match(weak.infotext, /Noise multiplier: 0\.5/);
  const settings = { initial_noise_multiplier: 0.5, img2img_fix_steps: true };
  const both = await draw({ override_settings: settings });
  assert.match(both.infotext, /Noise multiplier: 0\.5/);
  assert.ok(!(await areEqual(weak.images[0], both.images[0])));
});

test('saved pictures go to the gallery, and what they started from stays with them', async () => {
  await draw({ prompt: 'a saved medlar', save_images: true });
  const { pictures } = await server.client.listPictures({ search: 'saved medlar' });
  const { recipe } = await server.client.getGeneration(pictures[0].generationId);
  const [image = ''] = recipe.start?.images ?? [];
  assert.equal((await fetch(`${server.url}/media/${image}.png`)).status, 200);
  const again = await server.client.createGeneration(recipe);
  const { pictures: redrawn } = await server.services.studio.finished(again.id);
  assert.equal(redrawn[0].url, pictures[0].url);
  await server.client.deleteGeneration(again.id);
  await server.client.deleteGeneration(pictures[0].generationId);
  assert.equal((await fetch(`${server.url}/media/${image}.png`)).status, 404);
});

function scripts(args: readonly unknown[]): object {
  return { alwayson_scripts: { 'Soft Inpainting': { args } } };
}

test('soft inpainting, by the arguments of the built-in script; those left out are its own', async () => {
  const on = await draw({ mask, ...scripts([true, 1.5]) });
  assert.match(
    on.infotext,
    /Soft inpainting enabled: True, Soft inpainting schedule bias: 1\.5, Soft inpainting preservation strength: 0\.5,/,
  );
  for (const request of [{ mask, ...scripts([false]) }, scripts([true])]) {
    assert.doesNotMatch((await draw(request)).infotext, /Soft/);
  }
  const wrong = await call('/sdapi/v1/img2img', { ...small, mask, ...scripts([true, 'much']) });
  assert.equal(wrong.status, 422);
});

for (const [field, picture] of [
  ['init_images', (long: string) => ({ init_images: [long] })],
  ['mask', (long: string) => ({ mask: long })],
] as const) {
  test(`${field} of 20,000 pixels: refused with its name and the limit`, async () => {
    const long = sharp({ create: { width: 20_000, height: 2, channels: 3, background: '#102030' } });
    const given = (await long.png().toBuffer()).toString('base64');
    const { status, body } = await call('/sdapi/v1/img2img', { ...small, ...picture(given) });
    assert.equal(status, 500);
    const { detail, errors } = sdapi.sdapiErrorSchema.parse(body);
    assert.equal(detail, 'Invalid encoded image');
    assert.match(errors, new RegExp(`^${field}: .*20000x2 pixels are too many; a side may have 16384`));
  });
}

for (const [what, request, status, detail] of [
  ['no picture', { init_images: null }, 404, /Init image not found/],
  ['an empty list', { init_images: [] }, 404, /Init image not found/],
  ['words', { init_images: ['no picture'] }, 500, /Invalid encoded image/],
  [
    'an address of data that lies',
    { init_images: ['data:image/png;base64,PGh0bWw+'] },
    500,
    /Invalid encoded/,
  ],
  ['another kind of data', { init_images: [`data:text/html;base64,${blue}`] }, 500, /Invalid encoded image/],
  ['a mask that is none', { mask: 'AAAA' }, 500, /Invalid encoded image/],
  ['this machine', { init_images: ['http://127.0.0.1/a.png'] }, 500, /Request to local resource not allowed/],
  [
    'a program',
    {
      init_images: [
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').toString('base64'),
      ],
    },
    500,
    /Invalid encoded image/,
  ],
  ['0 steps', { steps: 0 }, 422, undefined],
  ['a strength of 2', { denoising_strength: 2 }, 422, undefined],
  ['a blur of 300 pixels', { mask, mask_blur_y: 300 }, 422, undefined],
  ['an unknown script', { script_name: 'Loopback from elsewhere' }, 422, /not found/],
  [
    'a mask over resized latents',
    {
      mask,
      resize_mode: 3,
      init_images: [await base64(await picture(32, 32, () => [1, 1, 1]))],
      inpaint_full_res: false,
    },
    422,
    undefined,
  ],
] as const) {
  test(`${what}: ${status}`, async () => {
    const answer = await call('/sdapi/v1/img2img', { ...small, ...request });
    assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 300));
    if (detail) assert.match(sdapi.sdapiErrorSchema.parse(answer.body).detail, detail);
  });
}
