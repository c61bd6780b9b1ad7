/** The ControlNet extension's API, with the real engine on a tiny model and tiny ControlNets. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import {
  callApi,
  type CallApi,
  startTestServer,
  type TestServer,
  writeTinyControlNet,
} from '@bottega/testing';
import { ControlNetUnit as A1111WebuiUnit, StableDiffusionApi as A1111WebuiApi } from 'a1111-webui-api';
import sharp from 'sharp';
import { ControlNetUnit as StableDiffusionUnit, StableDiffusionApi } from 'stable-diffusion-api';

let server: TestServer;
let call: CallApi;
let title: string;
before(async () => {
  server = await startTestServer({ engine: 'real' });
  call = callApi(server.url);
  const folder = join(server.config.dataFolder, 'models/ControlNet');
  mkdirSync(join(folder, 'sorted'), { recursive: true });
  writeTinyControlNet(join(folder, 'control_v11p_tiny_canny.pth'));
  writeTinyControlNet(join(folder, 'sorted/tiny_xl_tile.safetensors'), { contextWidth: 2048 });
  const { body } = await call('/controlnet/model_list');
  [title] = sdapi.modelListSchema.parse(body).model_list;
});
after(() => server.stop());

/** Black with a white square, in base64. */
async function square(side: number): Promise<string> {
  const data = Buffer.from(
    Array.from({ length: side * side * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
      return Math.max(Math.abs(2 * x - side), Math.abs(2 * y - side)) < side / 2 ? 255 : 0;
    }),
  );
  return (
    await sharp(data, { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toBuffer()
  ).toString('base64');
}

/** One colour, in base64. */
async function plane(background: string): Promise<string> {
  const file = sharp({ create: { width: 64, height: 64, channels: 3, background } }).png();
  return (await file.toBuffer()).toString('base64');
}

const picture = await square(64);

async function pixels(image: string): Promise<{ readonly size: string; readonly data: Buffer }> {
  const { data, info } = await sharp(Buffer.from(image, 'base64'))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { size: `${info.width}x${info.height}`, data };
}

const small = { prompt: 'a house', steps: 3, width: 64, height: 64, seed: 5 };
const unit = (): object => ({ model: title, image: picture });

function send(units: readonly unknown[], request: object = {}, kind = 'txt2img') {
  const scripts = { alwayson_scripts: { controlnet: { args: units } } };
  return call(`/sdapi/v1/${kind}`, { ...small, ...request, ...scripts });
}

async function draw(units: readonly unknown[], request: object = {}, kind = 'txt2img') {
  const { status, body } = await send(units, request, kind);
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  const { images, info } = sdapi.generationResponseSchema.parse(body);
  const { infotexts } = sdapi.generationInfoSchema.parse(JSON.parse(info));
  return { images, infotext: infotexts[0], drawn: (await pixels(images[0])).data };
}

async function get(path: string): Promise<unknown> {
  return (await call(`/controlnet/${path}`)).body;
}

test('models, preprocessors and kinds of control are told in the extension’s shapes', async () => {
  assert.deepEqual(await get('version'), { version: 3 });
  assert.match(title, /^control_v11p_tiny_canny \[[0-9a-f]{8}\]$/);
  const { model_list: models } = sdapi.modelListSchema.parse(await get('model_list'));
  assert.equal(models.length, 2);
  const { module_list: names, module_detail: detail } = sdapi.moduleListSchema.parse(
    await get('module_list'),
  );
  assert.ok(
    ['none', 'canny', 'tile_resample', 'blur_gaussian', 'invert', 'scribble_xdog'].every((name) =>
      names.includes(name),
    ),
  );
  assert.deepEqual(detail.canny.sliders[1], { name: 'Low Threshold', value: 100, min: 1, max: 255, step: 1 });
  const labelled = sdapi.moduleListSchema.parse(await get('module_list?alias_names=true'));
  assert.ok(labelled.module_list.includes('invert (from white bg & black line)'));
  const { control_types: types } = sdapi.controlTypesSchema.parse(await get('control_types'));
  assert.deepEqual(types.Canny, {
    module_list: ['none', 'canny', 'invert (from white bg & black line)'],
    model_list: ['None', title],
    default_option: 'canny',
    default_model: title,
  });
  assert.equal(types.All.model_list.length, 3);
  assert.deepEqual(await get('settings'), { control_net_unit_count: 3 });
});

test('ControlNets are no checkpoints', async () => {
  await call('/sdapi/v1/refresh-checkpoints', {});
  const { body } = await call('/sdapi/v1/sd-models');
  const names = sdapi.sdModelListSchema.parse(body).map(({ model_name: name }) => name);
  assert.ok(names.includes('tiny'));
  assert.ok(!names.some((name) => /canny|tile/.test(name)), names.join());
});

test('a unit changes the picture, and its map follows', async () => {
  const plain = await draw([]);
  const followed = await draw([{ ...unit(), module: 'canny', weight: 0.8 }]);
  assert.equal(plain.images.length, 1);
  assert.equal(followed.images.length, 2);
  assert.notDeepEqual(followed.drawn, plain.drawn);
  const map = await pixels(followed.images[1]);
  assert.equal(map.size, '64x64');
  const white = map.data.filter((value) => value === 255).length / 3;
  assert.ok(white > 60 && white < 300, `an outline, ${white} pixels`);
  assert.match(
    followed.infotext,
    new RegExp(`ControlNet 0: "Module: canny, Model: ${title.replace(/[[\]]/g, '\\$&')}, Weight: 0\\.8, `),
  );
});

test('a mask says where a unit counts', async () => {
  const masked = async (mask: string) =>
    (await draw([{ ...unit(), save_detected_map: false, effective_region_mask: mask }])).drawn;
  const [plain, whole] = [await draw([]), await draw([{ ...unit(), save_detected_map: false }])];
  assert.deepEqual(await masked(await plane('white')), whole.drawn);
  assert.deepEqual(await masked(await plane('black')), plain.drawn);
  const part = await masked(picture);
  assert.notDeepEqual(part, whole.drawn);
  assert.notDeepEqual(part, plain.drawn);
});

test('what is drawn upon a picture is followed in its place, and prepared as it would be', async () => {
  const drawing = await square(64);
  const house = await plane('gray');
  for (const module of ['none', 'canny']) {
    const wanted = await draw([{ ...unit(), image: drawing, module }]);
    for (const drawnUpon of [
      { image: house, mask: drawing },
      { image: house, mask_image: drawing },
      { image: { image: house, mask: drawing } },
      { image: [house, drawing] },
      { image: [{ image: house, mask: drawing }] },
    ]) {
      const { drawn, images } = await draw([{ ...unit(), ...drawnUpon, module }]);
      assert.deepEqual(drawn, wanted.drawn, `${module} ${Object.keys(drawnUpon).join()}`);
      assert.deepEqual(await pixels(images[1]), await pixels(wanted.images[1]));
    }
  }
});

test('nothing drawn upon a picture leaves it as it is, and so does a setting', async () => {
  const image = await square(64);
  const plain = await draw([{ ...unit(), image }]);
  for (const mask of ['', null, await plane('#050505'), await plane('#fafafa')]) {
    assert.deepEqual((await draw([{ ...unit(), image, mask }])).drawn, plain.drawn);
  }
  const settings = { override_settings: { controlnet_ignore_noninpaint_mask: true } };
  const mask = await square(32).then((small) =>
    sharp(Buffer.from(small, 'base64')).resize(64).png().toBuffer(),
  );
  const ignored = await draw(
    [{ ...unit(), image: await plane('gray'), mask: mask.toString('base64') }],
    settings,
  );
  assert.deepEqual(ignored.drawn, (await draw([{ ...unit(), image: await plane('gray') }])).drawn);
});

test('older names and numbers mean the same', async () => {
  const [named, numbered] = [
    await draw([
      {
        ...unit(),
        guidance_end: 0.7,
        resize_mode: 'Resize and Fill',
        control_mode: 'ControlNet is more important',
      },
    ]),
    await draw([
      null,
      {
        input_image: { image: `data:image/png;base64,${picture}`, mask: null },
        model: 'control_V11p_tiny_canny',
        module: 'None',
        guidance: 0.7,
        resize_mode: 2,
        control_mode: 2,
        lowvram: true,
        processor_res: -1,
        save_detected_map: false,
      },
    ]),
  ];
  assert.deepEqual(numbered.drawn, named.drawn);
  assert.equal(numbered.images.length, 1);
});

test('colours are kept by what they are called for', async () => {
  const [plain, kept, sharp] = await Promise.all(
    ['none', 'tile_colorfix', 'tile_colorfix+sharp'].map((module) => draw([{ ...unit(), module }])),
  );
  assert.notDeepEqual(kept.drawn, plain.drawn);
  assert.notDeepEqual(sharp.drawn, kept.drawn);
  assert.deepEqual(await pixels(kept.images[1]), await pixels(plain.images[1]));
  assert.match(sharp.infotext, /Module: tile_colorfix\+sharp, .*Threshold A: 8\.0, Threshold B: 1\.0, /);
  const late = await draw([{ ...unit(), module: 'tile_colorfix', guidance_start: 0.99 }]);
  assert.notDeepEqual(late.drawn, (await draw([])).drawn);
});

test('several units count together, and those that are off do not', async () => {
  const one = await draw([unit()]);
  const off = await draw([unit(), { ...unit(), enabled: false, model: 'nothing' }]);
  const two = await draw([unit(), { ...unit(), module: 'invert' }]);
  assert.deepEqual(off.drawn, one.drawn);
  assert.notDeepEqual(two.drawn, one.drawn);
  assert.match(two.infotext, /ControlNet 1: "Module: invert, /);
});

test('with a second pass there is a map for each, the larger first', async () => {
  const hires = { enable_hr: true, hr_scale: 2, hr_upscaler: 'Latent', denoising_strength: 0.7 };
  const { images, infotext } = await draw([unit()], hires);
  const sizes = await Promise.all(images.map(async (image) => (await pixels(image)).size));
  assert.deepEqual(sizes, ['128x128', '128x128', '64x64']);
  assert.match(infotext, /ControlNet 0: .*Hires upscale: 2/);
});

test('in img2img the init image is followed where a unit has none', async () => {
  const request = { init_images: [picture], denoising_strength: 0.9 };
  const own = await draw([{ model: title }], request, 'img2img');
  const given = await draw([{ ...unit(), resize_mode: 0 }], request, 'img2img');
  assert.deepEqual(own.drawn, given.drawn);
  assert.equal(own.images.length, 2);
});

for (const [what, wrong, status, message] of [
  ['a module', { module: 'openpose' }, 422, /"controlnet","args",0,"module".*openpose.*not found/],
  ['a model', { model: 'depth' }, 404, /no ControlNet .*depth.*control_v11p_tiny_canny/],
  ['no model', { model: 'None' }, 422, /not selected any ControlNet Model/],
  ['no image', { image: null }, 422, /no input image is given/],
  ['no base64', { image: 'never' }, 500, /Invalid encoded image/],
  ['a weight', { weight: 2.5 }, 422, /"weight".*less than or equal to 2/],
  ['the end before the start', { guidance_start: 0.6, guidance_end: 0.5 }, 422, /guidance_start\(0\.6\)/],
  ['a mode', { control_mode: 'Loud' }, 422, /"control_mode".*Balanced/],
  ['a resize mode', { resize_mode: 9 }, 422, /"resize_mode"/],
  ['a mask that cannot be read', { mask: 'iVBO' }, 500, /Invalid encoded image/],
  ['a mask of another size', { mask: await square(32) }, 422, /"mask".*\(64, 64\).*\(32, 32\)/],
  ['a mask without a picture', { image: '', mask: picture }, 422, /"mask".*send that as image/],
  ['a mask that is a number', { mask: 7 }, 422, /"mask".*str type/],
  ['two masks', { mask: picture, mask_image: picture }, 422, /Cannot specify both/],
  ['several pictures', { image: [{ image: picture }, { image: picture }] }, 422, /follows one picture/],
  ['no picture in a list', { image: [] }, 422, /follows one picture/],
  ['a mask that is no text', { effective_region_mask: 5 }, 422, /effective_region_mask.*str type/],
  ['a mask that is no picture', { effective_region_mask: 'iVBO' }, 500, /./],
  [
    'a ControlNet for another model',
    { model: 'tiny_xl_tile' },
    422,
    /Stable Diffusion XL and does not fit tiny/,
  ],
] as const) {
  test(`refused: ${what}`, async () => {
    const answer = await send([{ ...unit(), ...wrong }]);
    assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 300));
    assert.match(JSON.stringify(answer.body), message);
  });
}

async function detect(request: object): ReturnType<CallApi> {
  return call('/controlnet/detect', { controlnet_input_images: [picture], ...request });
}

test('a preprocessor’s map can be had alone', async () => {
  const { status, body } = await detect({ controlnet_module: 'canny', controlnet_processor_res: 128 });
  assert.equal(status, 200);
  const { info, images = [] } = sdapi.detectResponseSchema.parse(body);
  assert.equal(info, 'Success');
  assert.equal((await pixels(images[0])).size, '128x128');
  const inverted = sdapi.detectResponseSchema.parse(
    (await detect({ controlnet_module: 'invert (from white bg & black line)' })).body,
  );
  const [before, after] = [await pixels(picture), await pixels(inverted.images?.[0] ?? '')];
  assert.deepEqual(
    after.data,
    before.data.map((value) => 255 - value),
  );
});

test('of a picture that is torn no map is made, and which one it was is said', async () => {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 255);
  const whole = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const torn = whole.subarray(0, whole.length / 2).toString('base64');
  const { status, body } = await detect({ controlnet_input_images: [picture, torn] });
  const { detail, errors } = sdapi.sdapiErrorSchema.parse(body);
  assert.deepEqual([status, detail], [500, 'Invalid encoded image']);
  assert.match(errors, /^controlnet_input_images\.1: .*damaged/);
});

test('a map is the same with a mask beside the picture', async () => {
  const request = { controlnet_module: 'canny', controlnet_processor_res: 128 };
  const { body } = await detect({ ...request, controlnet_masks: [picture] });
  assert.deepEqual(body, (await detect(request)).body);
});

for (const [request, message] of [
  [{ controlnet_module: 'depth_midas' }, /Module not available/],
  [{ controlnet_input_images: [] }, /No image selected/],
] as const) {
  test(`detect refuses ${JSON.stringify(request)}`, async () => {
    const { status, body } = await detect(request);
    assert.equal(status, 422);
    assert.match(JSON.stringify(body), message);
  });
}

/** Both were made from one source; their types differ, their calls do not. */
for (const [name, Client, Unit] of [
  ['stable-diffusion-api', StableDiffusionApi, StableDiffusionUnit],
  ['a1111-webui-api', A1111WebuiApi, A1111WebuiUnit],
] as const) {
  test(`${name} draws with ControlNets`, async () => {
    const { hostname, port } = new URL(server.url);
    const client = new Client({ host: hostname, port: Number(port) });
    assert.ok((await client.ControlNet.getModels()).includes(title));
    assert.ok((await client.ControlNet.getModules()).includes('canny'));
    const input = sharp(Buffer.from(picture, 'base64'));
    const unit = new Unit({ input_image: input, module: 'canny', model: title });
    const controlnet_units = [unit as StableDiffusionUnit & A1111WebuiUnit];
    const { images } = await client.txt2img({ ...small, sampler_name: 'Euler', controlnet_units });
    assert.equal(images.length, 2);
    const { image } = await client.ControlNet.detect({
      controlnet_input_images: [input],
      controlnet_module: 'canny',
      controlnet_processor_res: 64,
    });
    assert.equal((await image.metadata()).width, 64);
  });
}

test('a recipe of the native API names ControlNets and pictures, which stay with its generation', async () => {
  const { id } = await server.client.sendPicture(Buffer.from(picture, 'base64'));
  const controls = [{ model: 'control_v11p_tiny_canny', image: id, preprocessor: 'canny', weight: 0.8 }];
  const { id: generation } = await server.client.createGeneration({ ...small, controls });
  const done = await server.services.studio.finished(generation);
  assert.equal(done.state, 'done', JSON.stringify(done.error));
  assert.equal(done.recipe.controls?.[0].model, title);
  assert.match(done.pictures[0].infotext, /ControlNet 0: "Module: canny, /);
  assert.ok(await server.services.media.get(Buffer.from(id, 'hex')));
  await assert.rejects(
    server.client.createGeneration({ ...small, controls: [{ model: 'pose', image: id }] }),
    /pose/,
  );
  await assert.rejects(
    server.client.createGeneration({ ...small, controls: [{ model: title }] }),
    /controls\.0\.image/,
  );
  await assert.rejects(
    server.client.createGeneration({ ...small, controls: [{ model: title, image: 'f'.repeat(64) }] }),
    /controls\.0\.image/,
  );
});
