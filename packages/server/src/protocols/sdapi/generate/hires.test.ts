/** enable_hr, with the real engine on tiny models. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import {
  callApi,
  type CallApi,
  freshDataFolder,
  startTestServer,
  type TestServer,
  writeTinyCheckpoint,
} from '@bottega/testing';
import { readdir, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
let folder: string;
before(async () => {
  folder = await freshDataFolder();
  // The first in order draws where nothing is said.
  writeTinyCheckpoint(join(folder, 'models/other.safetensors'), { seed: 9 });
  server = await startTestServer({ engine: 'real', dataFolder: folder });
  call = callApi(server.url);
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const small = { prompt: 'a pear', steps: 2, width: 64, height: 64, seed: 5, enable_hr: true };

async function draw(request: object) {
  const { status, body } = await call('/sdapi/v1/txt2img', { ...small, ...request });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const { images, info, parameters } = sdapi.generationResponseSchema.parse(body);
  const told = sdapi.generationInfoSchema.parse(JSON.parse(info));
  const { width, height } = await sharp(Buffer.from(images[0], 'base64')).metadata();
  return { images, parameters, told, infotext: told.infotexts[0], size: `${width}x${height}` };
}

/** Of a picture in base64. */
const pixelsOf = (image: string): Promise<Buffer> => sharp(Buffer.from(image, 'base64')).raw().toBuffer();

test('the defaults: twice the size, in latents, at a strength of 0.75', async () => {
  const { infotext, size, told } = await draw({});
  assert.equal(size, '128x128');
  assert.match(
    infotext,
    /Size: 64x64, .*Denoising strength: 0\.75, .*Hires upscale: 2\.0, Hires upscaler: Latent/,
  );
  assert.deepEqual([told.width, told.height], [64, 64]);
});

for (const [request, size, said] of [
  [{ hr_scale: 1.5 }, '96x96', /Hires upscale: 1\.5/],
  [{ hr_resize_x: 128 }, '128x128', /Hires resize: 128x0/],
  [{ hr_resize_x: 128, hr_resize_y: 96 }, '128x96', /Hires resize: 128x96/],
  [{ hr_upscaler: 'Latent (nearest-exact)' }, '128x128', /Hires upscaler: Latent \(nearest-exact\)/],
  [{ hr_upscaler: 'Lanczos', denoising_strength: 0.3 }, '128x128', /Hires upscaler: Lanczos/],
  [{ hr_upscaler: 'None' }, '128x128', /Hires upscaler: None/],
  [{ hr_second_pass_steps: 3 }, '128x128', /Hires steps: 3/],
  [
    { hr_sampler_name: 'DPM++ 2M', hr_scheduler: 'karras' },
    '128x128',
    /Hires sampler: DPM\+\+ 2M, Hires schedule type: Karras/,
  ],
  [
    { hr_prompt: 'an apple', hr_negative_prompt: 'worms' },
    '128x128',
    /Hires prompt: an apple, Hires negative prompt: worms/,
  ],
  [{ hr_checkpoint_name: 'tiny' }, '128x128', /Model: other, .*Hires checkpoint: tiny/],
  [{ firstphase_width: 32, firstphase_height: 48 }, '64x96', /Size: 32x48/],
] as const) {
  test(JSON.stringify(request), async () => {
    const drawn = await draw(request);
    assert.equal(drawn.size, size);
    assert.match(drawn.infotext, said);
  });
}

test("what A1111's page says for nothing of its own is nothing", async () => {
  const { infotext } = await draw({
    hr_checkpoint_name: 'Use same checkpoint',
    hr_sampler_name: 'Use same sampler',
    hr_scheduler: 'Use same scheduler',
  });
  assert.doesNotMatch(infotext, /Hires (checkpoint|sampler|schedule)/);
});

test('an infotext asks for the second pass that it tells of, and for tiles', async () => {
  const infotext =
    'a fig\nSteps: 2, Sampler: Euler, CFG scale: 7, Seed: 3, Size: 64x64, Denoising strength: 0.4, Tiling: True, Hires upscale: 1.5, Hires upscaler: Lanczos';
  const drawn = await draw({ enable_hr: undefined, infotext });
  assert.equal(drawn.size, '96x96');
  assert.match(
    drawn.infotext,
    /Denoising strength: 0\.4, .*Tiling: True, .*Hires upscale: 1\.5, Hires upscaler: Lanczos/,
  );
});

test('tiling is asked for by the request or by the settings', async () => {
  const off = { enable_hr: false };
  assert.match((await draw({ ...off, tiling: true })).infotext, /Tiling: True/);
  assert.match((await draw({ ...off, override_settings: { tiling: true } })).infotext, /Tiling: True/);
  const { infotext } = await draw({ ...off, tiling: false, override_settings: { tiling: true } });
  assert.doesNotMatch(infotext, /Tiling/);
});

test('tokens are merged as the settings say, in the second pass as in the first unless it has its own', async () => {
  const draws = async (overrides: object) =>
    (await draw({ override_settings: overrides })).infotext.match(/Token merging.*?(?=, RNG)/)?.[0];
  assert.equal(await draws({}), undefined);
  assert.equal(
    await draws({ token_merging_ratio: 0.5 }),
    'Token merging ratio: 0.5, Token merging ratio hr: 0.5',
  );
  assert.equal(await draws({ token_merging_ratio_hr: 0.3 }), 'Token merging ratio hr: 0.3');
  const infotext =
    'a fig\nSteps: 2, Sampler: Euler, CFG scale: 7, Size: 64x64, Token merging ratio: 0.4, Token merging ratio hr: 0.2';
  assert.match(
    (await draw({ infotext })).infotext,
    /Token merging ratio: 0\.4, Token merging ratio hr: 0\.2/,
  );
});

test('firstpass_image takes the place of the first pass: its second pass is the one of the whole drawing', async () => {
  const alone = await draw({ enable_hr: false });
  const second = { hr_upscaler: 'Lanczos', hr_second_pass_steps: 3, denoising_strength: 0.5 };
  const whole = await draw(second);
  const again = await draw({ ...second, firstpass_image: `data:image/png;base64,${alone.images[0]}` });
  assert.deepEqual(await pixelsOf(again.images[0]), await pixelsOf(whole.images[0]));
  assert.equal(again.infotext, whole.infotext);
  // Another picture gives another drawing, at the size of the request whatever its own is.
  const { data } = await sharp({ create: { width: 40, height: 72, channels: 3, background: 'red' } })
    .png()
    .toBuffer({ resolveWithObject: true });
  const other = await draw({ ...second, batch_size: 2, firstpass_image: data.toString('base64') });
  assert.equal(other.size, '128x128');
  assert.equal(other.images.length, 2);
  assert.notDeepEqual(await pixelsOf(other.images[0]), await pixelsOf(whole.images[0]));
  assert.notDeepEqual(await pixelsOf(other.images[0]), await pixelsOf(other.images[1]));
  // Without a second pass it has no place to take.
  const ignored = await draw({ enable_hr: false, firstpass_image: data.toString('base64') });
  assert.deepEqual(await pixelsOf(ignored.images[0]), await pixelsOf(alone.images[0]));
});

const kept = async (): Promise<string[]> =>
  (await readdir(join(folder, 'media'), { recursive: true })).filter((name) => name.endsWith('.png'));

test('nothing is kept of firstpass_image, and what is no picture is refused', async () => {
  const { images } = await draw({ enable_hr: false, seed: 77 });
  await draw({ firstpass_image: images[0], seed: 78 });
  // What was drawn for an answer is removed after it.
  for (let i = 0; i < 200 && (await kept()).length > 0; i++) await setTimeout(25);
  assert.deepEqual(await kept(), []);
  const bad = await call('/sdapi/v1/txt2img', { ...small, firstpass_image: 'AAAA' });
  assert.equal(bad.status, 500);
  assert.match(JSON.stringify(bad.body), /Invalid encoded image/);
});

test('a recipe with a picture in the place of the first pass has its size, and holds it', async () => {
  const png = await sharp({ create: { width: 48, height: 64, channels: 3, background: 'blue' } })
    .png()
    .toBuffer();
  const { id: firstPass } = await server.client.sendPicture(png);
  const hires = { scale: 2, upscaler: 'None', strength: 0.4, firstPass };
  const { id, recipe } = await server.client.createGeneration({ prompt: 'x', steps: 2, seed: 3, hires });
  assert.deepEqual([recipe.width, recipe.height, recipe.hires?.firstPass], [48, 64, firstPass]);
  const { pictures } = await server.services.studio.finished(id);
  assert.deepEqual([pictures[0].width, pictures[0].height], [96, 128]);
  assert.match(pictures[0].infotext, /Size: 48x64, .*Hires upscale: 2\.0/);
  const unknown = { hires: { ...hires, firstPass: 'ab'.repeat(32) } };
  await assert.rejects(server.client.createGeneration(unknown), /hires\.firstPass: there is no picture/);
  await server.services.studio.remove(id);
});

test('without enable_hr nothing is said of it', async () => {
  const { infotext, size } = await draw({ enable_hr: false, hr_scale: 3, hr_upscaler: 'nonsense' });
  assert.equal(size, '64x64');
  assert.doesNotMatch(infotext, /Hires/);
});

for (const [what, request, status, said] of [
  ['an unknown upscaler', { hr_upscaler: 'Magic' }, 500, /could not find upscaler named Magic/],
  [
    'an unknown checkpoint',
    { hr_checkpoint_name: 'nobody' },
    500,
    /Could not find checkpoint with name nobody/,
  ],
  [
    '16,384 pixels',
    { batch_size: 8, hr_resize_x: 16_384, hr_resize_y: 16_384 },
    422,
    /16384x16384 needs about [\d.]+ GB of memory/,
  ],
  ['more than that', { hr_scale: 16, width: 2048 }, 422, /hires\.scale/],
  ['a side of 4 pixels', { hr_resize_x: 4 }, 422, /"loc":\["body","hr_resize_x"\]/],
  ['no strength', { denoising_strength: 0 }, 422, /strength/],
] as const) {
  test(`${what}: ${status}`, async () => {
    const answer = await call('/sdapi/v1/txt2img', { ...small, ...request });
    assert.equal(answer.status, status);
    assert.match(JSON.stringify(answer.body), said);
  });
}

test('a second pass of a recipe: names are resolved, and a wrong upscaler is refused before it is queued', async () => {
  const { recipe, id } = await server.client.createGeneration({
    prompt: 'x',
    steps: 1,
    width: 64,
    height: 64,
    hires: { scale: 1.5, sampler: 'k_euler', scheduler: 'karras', model: 'other.safetensors' },
  });
  assert.deepEqual(recipe.hires, { scale: 1.5, sampler: 'Euler', scheduler: 'Karras', model: 'other' });
  const { pictures } = await server.services.studio.finished(id);
  assert.deepEqual([pictures[0].width, pictures[0].height], [96, 96]);
  await assert.rejects(server.client.createGeneration({ hires: { upscaler: 'Magic' } }), {
    code: 'request.invalid',
    field: 'hires.upscaler',
  });
});
