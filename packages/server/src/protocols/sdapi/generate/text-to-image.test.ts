import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { readInfotext } from '@bottega/diffusion';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

const small = { prompt: 'a red apple', steps: 2, width: 64, height: 64, seed: 5 };

async function draw(
  request: object,
): Promise<sdapi.GenerationResponse & { readonly told: sdapi.GenerationInfo }> {
  const { status, body } = await call('/sdapi/v1/txt2img', { ...small, ...request });
  assert.equal(status, 200, JSON.stringify(body));
  const response = sdapi.generationResponseSchema.parse(body);
  return { ...response, told: sdapi.generationInfoSchema.parse(JSON.parse(response.info)) };
}

/** Waits until the only generation runs and something is to be seen of it. */
async function running(): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    const [generation] = (await server.client.getQueue()).running;
    id = generation?.progress && generation.id;
    return id !== undefined;
  });
  return id ?? '';
}

/** A condition that never comes true ends the test, not the patience of whoever runs it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (await condition()) return;
    await delay(20);
  }
  assert.fail('it did not come true');
}

/** Pictures in the gallery with this word. */
async function kept(search: string): Promise<number> {
  return (await server.client.listPictures({ search })).total;
}

test('the answer has pictures that carry their parameters, the request, and what was drawn', async () => {
  const { images, parameters, told } = await draw({ n_iter: 2, batch_size: 2 });
  assert.equal(images.length, 4);
  assert.deepEqual(
    images.map((image) => readInfotext(Buffer.from(image, 'base64'))),
    told.infotexts,
  );
  assert.equal(parameters.steps, 2);
  assert.equal(parameters.sampler_index, 'Euler');
  assert.equal(parameters.cfg_scale, 7);
  assert.deepEqual(told.all_seeds, [5, 6, 7, 8]);
  assert.equal(told.seed, 5);
  assert.equal(told.sampler_name, 'Euler');
  assert.equal(told.sd_model_name, 'tiny');
  assert.equal(told.index_of_first_image, 0);
  assert.match(told.job_timestamp, /^\d{14}$/);
  const { width, height } = await sharp(Buffer.from(images[0], 'base64')).metadata();
  assert.deepEqual([width, height], [64, 64]);
});

test('an open seed is drawn and told; with a variation the seed stays and the variation counts', async () => {
  const { told } = await draw({ seed: -1, subseed: 3, subseed_strength: 0.5, batch_size: 2 });
  assert.ok(told.seed >= 0);
  assert.deepEqual(told.all_seeds, [told.seed, told.seed]);
  assert.deepEqual(told.all_subseeds, [3, 4]);
});

test('pictures stay in the gallery only with save_images, and then a grid comes first', async () => {
  await draw({ prompt: 'a quince' });
  await until(async () => (await kept('quince')) === 0);
  const { images, told } = await draw({ prompt: 'a medlar', save_images: true, batch_size: 3 });
  assert.equal(await kept('medlar'), 3);
  assert.equal(images.length, 4);
  assert.equal(told.index_of_first_image, 1);
  assert.equal(told.infotexts.length, 4);
  const grid = sharp(Buffer.from(images[0], 'base64'));
  const { width, height } = await grid.metadata();
  assert.deepEqual([width, height], [128, 128]);
  const { data } = await grid.raw().toBuffer({ resolveWithObject: true });
  // The fake engine paints the seed; the fourth place is empty, hence black.
  const red = (x: number, y: number): number => data[(y * 128 + x) * 3];
  assert.deepEqual([red(0, 0), red(64, 0), red(0, 64), red(64, 64)], [5, 6, 7, 0]);
});

test('send_images: false sends none', async () => {
  const { images, told } = await draw({ send_images: false });
  assert.deepEqual(images, []);
  assert.equal(told.infotexts.length, 1);
});

test('settings of one request are forgotten after it, or kept where it says so', async () => {
  const clipSkip = async (): Promise<unknown> =>
    ((await call('/sdapi/v1/options')).body as Record<string, unknown>).CLIP_stop_at_last_layers;
  const { told } = await draw({ override_settings: { CLIP_stop_at_last_layers: 2, made_up: 1 } });
  assert.equal(told.clip_skip, 2);
  assert.equal(await clipSkip(), 1);
  await draw({
    override_settings: { CLIP_stop_at_last_layers: 3 },
    override_settings_restore_afterwards: false,
  });
  assert.equal(await clipSkip(), 3);
  await call('/sdapi/v1/options', { CLIP_stop_at_last_layers: 1 });
});

test('styles from styles.csv are merged into the words, and listed', async () => {
  writeFileSync(
    join(server.config.dataFolder, 'styles.csv'),
    'name,prompt,negative_prompt\nOil,oil {prompt},photo\n',
  );
  const { told } = await draw({ styles: ['Oil', 'no such'] });
  assert.deepEqual(
    [told.prompt, told.all_prompts, told.all_negative_prompts],
    ['a red apple', ['oil a red apple'], ['photo']],
  );
  assert.match(told.infotexts[0], /^oil a red apple\n/);
  assert.deepEqual(told.styles, ['Oil', 'no such']);
  const { body } = await call('/sdapi/v1/prompt-styles');
  assert.deepEqual(body, [{ name: 'Oil', prompt: 'oil {prompt}', negative_prompt: 'photo' }]);
});

test('settings that would stay are checked before anything is drawn', async () => {
  const { status, body } = await call('/sdapi/v1/txt2img', {
    ...small,
    override_settings: { CLIP_stop_at_last_layers: 'two' },
    override_settings_restore_afterwards: false,
  });
  assert.equal(status, 422);
  assert.deepEqual(sdapi.validationErrorSchema.parse(body).detail[0].loc, [
    'body',
    'CLIP_stop_at_last_layers',
  ]);
});

test('settings out of range are a 422 that names them', async () => {
  for (const [name, value] of [
    ['CLIP_stop_at_last_layers', 99],
    ['emphasis', 'Loud'],
    ['eta_noise_seed_delta', -7],
  ]) {
    const answer = await call('/sdapi/v1/txt2img', { ...small, override_settings: { [name]: value } });
    assert.equal(answer.status, 422);
    assert.deepEqual(sdapi.validationErrorSchema.parse(answer.body).detail[0].loc, ['body', name]);
  }
});

test('a job that somebody deletes is a 500 that says so', async () => {
  const answer = call('/sdapi/v1/txt2img', { ...small, prompt: 'slow', steps: 100 });
  await server.client.deleteGeneration(await running());
  const { status, body } = await answer;
  assert.equal(status, 500);
  assert.match(sdapi.sdapiErrorSchema.parse(body).detail, /was deleted/);
});

test('an unknown checkpoint in override_settings is passed over', async () => {
  for (const name of ['../tiny', '/etc/passwd', 'no such', 7, 'tiny\0']) {
    const { told } = await draw({ override_settings: { sd_model_checkpoint: name } });
    assert.equal(told.sd_model_name, 'tiny');
  }
});

test('a checkpoint that is there and refused is never passed over: its problem is told', async () => {
  const [folder] = server.config.modelFolders;
  writeFileSync(join(folder, 'cut.safetensors'), 'no weights');
  await server.client.refreshModels();
  for (const name of ['cut', 'CUT.safetensors']) {
    const asked = { ...small, override_settings: { sd_model_checkpoint: name } };
    for (const [path, request] of [
      ['txt2img', asked],
      ['options', { sd_model_checkpoint: name }],
    ] as const) {
      const { status, body } = await call(`/sdapi/v1/${path}`, request);
      assert.equal(status, 404, path);
      const { error, detail } = sdapi.sdapiErrorSchema.parse(body);
      assert.equal(error, 'model.unknown');
      assert.match(detail, /cut\.safetensors .*Download it again/);
    }
  }
});

test('an infotext fills in what the request leaves open', async () => {
  const infotext =
    'a blue pear\nNegative prompt: red\nSteps: 3, Sampler: Heun, CFG scale: 5.5, Seed: 11, Size: 72x64, Clip skip: 2';
  const { parameters, told } = await draw({
    ...small,
    prompt: undefined,
    steps: undefined,
    seed: 12,
    width: undefined,
    infotext,
  });
  assert.equal(parameters.prompt, 'a blue pear');
  assert.deepEqual(
    [told.negative_prompt, told.steps, told.sampler_name, told.seed, told.width, told.height, told.clip_skip],
    ['red', 3, 'Heun', 12, 72, 64, 2],
  );
});

test('interrupting gives the pictures that are finished', async () => {
  const answer = draw({ prompt: 'slow', steps: 4, n_iter: 100 });
  const id = await running();
  await until(async () => (await server.client.getGeneration(id)).pictures.length > 0);
  assert.deepEqual((await call('/sdapi/v1/interrupt', {})).body, {});
  const { images, told } = await answer;
  assert.ok(images.length > 0 && images.length < 100);
  assert.equal(told.infotexts.length, images.length);
});

test('skipping goes on with the next batch and its seed', async () => {
  const answer = draw({ prompt: 'slow', steps: 60, n_iter: 2 });
  await running();
  assert.equal((await call('/sdapi/v1/skip', {})).body, null);
  const { images, told } = await answer;
  assert.equal(images.length, 1);
  assert.match(told.infotexts[0], /Seed: 6,/);
});

test("somebody else's job is neither interrupted nor skipped", async () => {
  const { id } = await server.client.createGeneration({ prompt: 'slow', steps: 60 });
  await running();
  await call('/sdapi/v1/interrupt', {});
  await call('/sdapi/v1/skip', {});
  assert.equal((await server.services.studio.finished(id)).state, 'done');
});

test('progress tells the running job, its preview, and the task by its name', async () => {
  const idle = sdapi.progressResponseSchema.parse((await call('/sdapi/v1/progress')).body);
  assert.deepEqual([idle.progress, idle.state.job_count, idle.current_image], [0, 0, null]);
  const answer = draw({ prompt: 'slow', steps: 100, n_iter: 2, force_task_id: 'mine' });
  await running();
  const busy = sdapi.progressResponseSchema.parse((await call('/sdapi/v1/progress')).body);
  assert.ok(busy.progress > 0 && busy.progress < 1);
  assert.ok(busy.eta_relative > 0);
  assert.equal(busy.state.job_count, 2);
  assert.equal(busy.state.sampling_steps, 100);
  assert.equal((await sharp(Buffer.from(busy.current_image ?? '', 'base64')).metadata()).format, 'png');
  const bare = sdapi.progressResponseSchema.parse(
    (await call('/sdapi/v1/progress?skip_current_image=true')).body,
  );
  assert.equal(bare.current_image, null);

  const waiting = draw({ force_task_id: 'next' });
  await until(async () => ((await call('/internal/pending-tasks')).body as { size: number }).size > 0);
  assert.deepEqual((await call('/internal/pending-tasks')).body, { size: 1, tasks: ['next'] });
  const ask = async (id_task: string) =>
    sdapi.taskProgressResponseSchema.parse((await call('/internal/progress', { id_task })).body);
  const mine = await ask('mine');
  assert.deepEqual([mine.active, mine.queued, mine.completed], [true, false, false]);
  assert.match(mine.live_preview ?? '', /^data:image\//);
  assert.equal((await ask('next')).textinfo, 'In queue: 1/1');
  await call('/sdapi/v1/interrupt', {});
  await Promise.all([answer, waiting]);
  assert.deepEqual([(await ask('mine')).completed, (await ask('unheard')).completed], [true, false]);
});

/** A client that leaves while its job runs. */
async function leave(request: object): Promise<string> {
  const client = new AbortController();
  const body = { ...small, prompt: 'slow', steps: 60, ...request };
  const answer = call('/sdapi/v1/txt2img', body, { signal: client.signal });
  const id = await running();
  client.abort();
  await assert.rejects(answer, { name: 'AbortError' });
  return id;
}

test('a client that goes away takes its job with it', async () => {
  const id = await leave({});
  await assert.rejects(server.services.studio.finished(id), { code: 'generation.unknown' });
});

test('a job whose pictures are kept goes on without its client', async () => {
  const id = await leave({ save_images: true });
  assert.equal((await server.services.studio.finished(id)).state, 'done');
});

test('it can still be interrupted: SillyTavern leaves and interrupts at the same time', async () => {
  const id = await leave({ save_images: true, steps: 100 });
  await call('/sdapi/v1/interrupt', {});
  assert.equal((await server.services.studio.finished(id)).state, 'cancelled');
});

test('a failing model is a 500 that says why, and leaves nothing behind', async () => {
  const { status, body } = await call('/sdapi/v1/txt2img', { ...small, prompt: 'nan' });
  assert.equal(status, 500);
  const told = sdapi.sdapiErrorSchema.parse(body);
  assert.equal(told.error, 'model.not-finite');
  assert.match(told.detail, /NaN/);
  const { generations } = await server.client.listGenerations({ state: 'failed' });
  assert.deepEqual(generations, []);
});

for (const [what, request, status, pattern] of [
  ['an unknown refiner', { refiner_checkpoint: 'x', refiner_switch_at: 0.8 }, 500, /Could not find.* x$/],
  ['an unknown script', { script_name: 'Ultimate plot' }, 422, /^Script 'Ultimate plot' not found$/],
  ['an unknown always-on script', { alwayson_scripts: { ADetailer: { args: [true] } } }, 422, /ADetailer/],
] as const) {
  test(`${what} is refused, not ignored`, async () => {
    const answer = await call('/sdapi/v1/txt2img', { ...small, ...request });
    assert.equal(answer.status, status);
    assert.match(sdapi.sdapiErrorSchema.parse(answer.body).detail, pattern);
  });
}

test('a request that states everything at its default is drawn, as programs send it from the documentation', async () => {
  const { parameters } = await draw({});
  const empty = Object.entries(parameters).map(([key, value]) => [key, value ?? unset[key] ?? '']);
  const { images } = await draw({ ...Object.fromEntries(empty), seed: -1, refiner_checkpoint: 'string' });
  assert.equal(images.length, 1);
});

/** What such programs write where the default is null and the field is no text. */
const unset: Readonly<Record<string, unknown>> = {
  styles: [''],
  restore_faces: true,
  tiling: false,
  eta: 0,
  denoising_strength: 0,
  s_min_uncond: 0,
  s_churn: 0,
  s_tmax: 0,
  s_tmin: 0,
  s_noise: 0,
  override_settings: {},
  refiner_switch_at: 0,
  comments: {},
};

test('always-on scripts without arguments, or with units that are off, ask for nothing', async () => {
  const { images } = await draw({
    alwayson_scripts: {
      ControlNet: { args: [{ enabled: false, module: 'canny' }] },
      'Another extension': { args: [] },
      'Some extension': {},
    },
  });
  assert.equal(images.length, 1);
});

for (const [samples_format, kind, more] of [
  ['jpg', 'jpeg', {}],
  ['JPEG', 'jpeg', { jpeg_quality: 10 }],
  ['webp', 'webp', {}],
  ['webp', 'webp', { webp_lossless: true }],
] as const) {
  test(`the setting samples_format ${samples_format} ${JSON.stringify(more)} is heeded, parameters and all`, async () => {
    const { images, told } = await draw({
      prompt: '日本 a café, 😀',
      override_settings: { samples_format, ...more },
    });
    const file = Buffer.from(images[0], 'base64');
    const { format, width, height } = await sharp(file).metadata();
    assert.deepEqual([format, width, height], [kind, 64, 64]);
    assert.equal(readInfotext(file), told.infotexts[0]);
    assert.match(told.infotexts[0], /^日本 a café, 😀\n/);
    // Seed 5: nearly black with a little red.
    const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    assert.ok(data[0] < 12 && data[1] < 8 && data[2] < 8, data.subarray(0, 3).join());
  });
}

test('a format that nobody writes is refused before anything is drawn', async () => {
  const { status } = await call('/sdapi/v1/txt2img', {
    ...small,
    override_settings: { samples_format: 'tiff' },
  });
  assert.equal(status, 500);
});
