/** Settings of img2img that say what becomes of the picture, with the real engine on a tiny model. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { base64Png, callApi, type CallApi, paint, startTestServer, type TestServer } from '@bottega/testing';
import { readInfotext } from '@bottega/diffusion';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer({ engine: 'real' });
  call = callApi(server.url);
});
after(() => server.stop());

const picture = (...painting: Parameters<typeof paint>): string => base64Png(paint(...painting));

const orange = picture(64, 64, (x, y) => [200 + (x % 50), 90 + y, 10]);
const wide = picture(128, 64, () => [20, 200, 30]);
const square = (x: number, y: number): boolean => x >= 16 && x < 32 && y >= 16 && y < 32;
const mask = picture(128, 64, (x, y) => (square(x, y) ? [255, 255, 255] : [0, 0, 0]));

async function draw(request: object, settings: object) {
  const usual = { prompt: 'a pear', steps: 3, width: 64, height: 64, seed: 5 };
  const { status, body } = await call('/sdapi/v1/img2img', {
    ...usual,
    ...request,
    override_settings: settings,
  });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const [image] = sdapi.generationResponseSchema.parse(body).images;
  const { data, info } = await sharp(Buffer.from(image, 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

const mean = (data: Uint8Array, channel: number): number =>
  data.reduce((sum, value, i) => (i % 3 === channel ? sum + value : sum), 0) / (data.length / 3);
/** How much more red than blue. */
const warmth = (data: Uint8Array): number => mean(data, 0) - mean(data, 2);

test('colour correction gives the result the colours of the picture', async () => {
  const request = { init_images: [orange], denoising_strength: 1 };
  const plain = await draw(request, {});
  const corrected = await draw(request, { img2img_color_correction: true });
  assert.ok(warmth(corrected.data) > warmth(plain.data) + 40, `${warmth(plain.data)}`);
});

test('guidance may be as low as 0, where the prompt counts nothing, and as high as 100', async () => {
  const request = { init_images: [orange], denoising_strength: 1 };
  const drawn = async (prompt: string, cfg_scale: number) =>
    (await draw({ ...request, prompt, cfg_scale }, {})).data;
  assert.deepEqual(await drawn('a pear', 0), await drawn('a town at night', 0));
  assert.notDeepEqual(await drawn('a pear', 100), await drawn('a town at night', 100));
});

test('without the overlay a masked area comes alone, as it was drawn', async () => {
  const request = { init_images: [wide], mask, inpaint_full_res: true, mask_blur: 0 };
  const laid = await draw(request, {});
  assert.deepEqual([laid.width, laid.height], [128, 64]);
  assert.deepEqual([...laid.data.subarray(0, 3)], [20, 200, 30]);
  const alone = await draw(request, { overlay_inpaint: false });
  assert.deepEqual([alone.width, alone.height], [64, 64]);
});

test('without the overlay nothing of the original is laid on the whole', async () => {
  const request = { init_images: [wide], mask, inpaint_full_res: false, mask_blur: 0, width: 128 };
  const laid = await draw(request, {});
  const bare = await draw(request, { overlay_inpaint: false });
  assert.deepEqual([bare.width, bare.height], [128, 64]);
  assert.deepEqual([...laid.data.subarray(-3)], [20, 200, 30]);
  assert.notDeepEqual([...bare.data.subarray(-300)], [...laid.data.subarray(-300)]);
});

test('colours that nobody knows are refused before anything is drawn', async () => {
  const { status, body } = await call('/sdapi/v1/img2img', {
    prompt: '',
    init_images: [orange],
    override_settings: { img2img_background_color: 'reddish' },
  });
  assert.equal(status, 500);
  assert.match(JSON.stringify(body), /unknown color specifier/);
});

const twice = { prompt: 'a pear', steps: 1, seed: 5, enable_hr: true };

test('an old setting makes the size asked for that of the second pass', async () => {
  const { status, body } = await call('/sdapi/v1/txt2img', {
    ...twice,
    width: 64,
    height: 64,
    override_settings: { use_old_hires_fix_width_height: true },
  });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const { images, info } = sdapi.generationResponseSchema.parse(body);
  assert.match(sdapi.generationInfoSchema.parse(JSON.parse(info)).infotexts[0], /Size: 512x512,.* 64x64/);
  assert.equal((await sharp(Buffer.from(images[0], 'base64')).metadata()).width, 64);
});

async function drawAll(request: object, settings: object) {
  const usual = { prompt: 'a pear', steps: 2, width: 64, height: 64, seed: 5, init_images: [wide], mask };
  const { status, body } = await call('/sdapi/v1/img2img', {
    ...usual,
    ...request,
    override_settings: settings,
  });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const { images, info } = sdapi.generationResponseSchema.parse(body);
  const files = await Promise.all(
    images.map(async (image) => {
      const file = sharp(Buffer.from(image, 'base64'));
      const { channels, width, height, format } = await file.metadata();
      const shape = `${format} ${width}x${height}x${channels}`;
      return { shape, data: await file.raw().toBuffer(), text: readInfotext(Buffer.from(image, 'base64')) };
    }),
  );
  return { files, told: sdapi.generationInfoSchema.parse(JSON.parse(info)) };
}
const both = { return_mask: true, return_mask_composite: true };

test('the mask and the masked composite come after each picture, without words of their own', async () => {
  const request = { inpaint_full_res: true, mask_blur: 0, batch_size: 2 };
  const { files, told } = await drawAll(request, both);
  const expected = ['128x64x3', '128x64x3', '128x64x4'].map((shape) => `png ${shape}`);
  assert.deepEqual(
    files.map(({ shape }) => shape),
    [...expected, ...expected],
  );
  assert.equal(told.infotexts.length, 2);
  assert.deepEqual(
    files.map(({ text }) => text),
    [told.infotexts[0], undefined, undefined, told.infotexts[1], undefined, undefined],
  );
  const [picture, drawnMask, composite, other] = files;
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 128; x++) {
      const at = y * 128 + x;
      const seen = square(x, y) ? 255 : 0;
      assert.equal(drawnMask.data[3 * at], seen);
      assert.equal(composite.data[4 * at + 3], seen);
      const colours = [0, 1, 2].map((c) => (seen === 0 ? 0 : picture.data[3 * at + c]));
      assert.deepEqual(
        [0, 1, 2].map((c) => composite.data[4 * at + c]),
        colours,
      );
    }
  }
  assert.notDeepEqual(other.data, picture.data);
  assert.deepEqual(files[4].data, drawnMask.data);
});

test('a mask comes alone, exchanged and blurred as it counted, and only with a mask that is not empty', async () => {
  const request = { inpaint_full_res: false, mask_blur: 4, inpainting_mask_invert: 1, width: 128 };
  const { files } = await drawAll(request, { return_mask: true });
  assert.equal(files.length, 2);
  const row = [...files[1].data.subarray(3 * 24 * 128, 3 * 25 * 128)].filter((_, i) => i % 3 === 0);
  assert.deepEqual([row[0], row[24], row[100]], [255, Math.min(...row), 255]);
  assert.ok(row[24] < 60 && row[15] > row[18] && row[18] > row[24]);
  const black = picture(128, 64, () => [0, 0, 0]);
  assert.equal((await drawAll({ mask: black }, both)).files.length, 1);
  assert.equal((await drawAll({ mask: null, width: 128 }, both)).files.length, 1);
  assert.equal((await drawAll({}, {})).files.length, 1);
});

test('masks come in the format of the pictures, are in their grid, and go with them', async () => {
  const { files, told } = await drawAll({ save_images: true }, { ...both, samples_format: 'jpg' });
  assert.deepEqual(
    files.map(({ shape }) => shape),
    ['jpeg 256x128x3', 'jpeg 128x64x3', 'jpeg 128x64x3', 'jpeg 128x64x3'],
  );
  assert.deepEqual([told.index_of_first_image, told.infotexts.length], [1, 2]);
  const { gallery, media } = server.services;
  const { pictures } = await gallery.page({ limit: 10 });
  const [{ id, generationId, url, maskUrl = '', compositeUrl = '' }] = pictures;
  assert.deepEqual((await server.client.getGeneration(generationId)).pictures, pictures);
  const read = () =>
    Promise.all([url, maskUrl, compositeUrl].map((one) => media.get(Buffer.from(one.slice(7, 71), 'hex'))));
  assert.ok((await read()).every((file) => file !== undefined));
  await gallery.remove(id);
  assert.deepEqual(await read(), [undefined, undefined, undefined]);
});

/** Whether the newest picture of the gallery has its mask, and its composite. */
async function kept(): Promise<readonly boolean[]> {
  const { pictures } = await server.services.gallery.page({ limit: 1 });
  const [{ maskUrl, compositeUrl }] = pictures;
  return [maskUrl, compositeUrl].map((url) => url !== undefined);
}

test('masks that are only to be saved are kept with the picture, and not in the answer', async () => {
  const settings = { save_mask: true, save_mask_composite: true };
  assert.equal((await drawAll({ save_images: true }, settings)).files.length, 1);
  assert.deepEqual(await kept(), [true, true]);
  assert.equal((await drawAll({ save_images: true, seed: 6 }, { save_mask: true })).files.length, 1);
  assert.deepEqual(await kept(), [true, false]);
  const mixed = { save_mask_composite: true, return_mask: true };
  // A grid, the picture, its mask.
  assert.equal((await drawAll({ save_images: true, seed: 7 }, mixed)).files.length, 3);
  assert.deepEqual(await kept(), [true, true]);
  assert.equal((await drawAll({ seed: 8 }, settings)).files.length, 1);
  const loopback = { script_name: 'loopback', script_args: [1, 0.5, 'Linear', 'None'] };
  assert.equal((await drawAll({ save_images: true, seed: 9, ...loopback }, settings)).files.length, 1);
  assert.deepEqual(await kept(), [true, true]);
});
