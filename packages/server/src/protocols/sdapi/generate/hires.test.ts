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
import { rm } from 'node:fs/promises';
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
