import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';
import { axesOf } from '../../../scripts/plot/axes.ts';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

const small = { prompt: 'a red apple', steps: 2, width: 64, height: 64, seed: 5 };

type Drawn = {
  readonly told: sdapi.GenerationInfo;
  readonly sizes: readonly (readonly [number, number])[];
};

async function draw(request: object, path = 'txt2img'): Promise<Drawn> {
  const { status, body } = await call(`/sdapi/v1/${path}`, { ...small, ...request });
  assert.equal(status, 200, JSON.stringify(body));
  const { images, info } = sdapi.generationResponseSchema.parse(body);
  const sizes: (readonly [number, number])[] = [];
  for (const image of images) {
    const { width, height } = await sharp(Buffer.from(image, 'base64')).metadata();
    sizes.push([width, height]);
  }
  const told = sdapi.generationInfoSchema.parse(JSON.parse(info));
  assert.equal(told.infotexts.length, images.length);
  return { told, sizes };
}

/** The arguments of an X/Y/Z plot: axes by their places in A1111's list. */
function plotArguments(
  x: readonly [type: number, text: string, list?: readonly string[]],
  flags: { readonly lone?: boolean; readonly sub?: boolean; readonly csv?: boolean } = {},
  z: readonly [number, string] = [0, ''],
): unknown[] {
  const { lone = false, sub = false, csv = false } = flags;
  const [type, text, list = []] = x;
  const axes = [type, text, list, 4, '2, 3', '', ...z, ''];
  return [...axes, true, lone, sub, false, false, false, false, 0, csv];
}

function plotting(args: readonly unknown[]): object {
  return { script_name: 'X/Y/Z plot', script_args: args };
}

/** Pictures in the gallery with this word. */
async function kept(search: string): Promise<number> {
  return (await server.client.listPictures({ search })).total;
}

test('a plot answers with its grid; cells and grids of Z come where they are wanted', async () => {
  const alone = await draw(plotting(plotArguments([1, '7-9'])));
  assert.deepEqual(
    alone.sizes.map(([width]) => width),
    [48 + 3 * 64],
  );
  assert.equal(alone.told.index_of_first_image, 1);
  assert.deepEqual(alone.told.all_seeds, [7, 8, 9, 7, 8, 9]);
  assert.match(alone.told.infotexts[0], /X Type: Seed, X Values: 7-9, /);

  const all = await draw(plotting(plotArguments([1, '7-9'], { lone: true, sub: true }, [6, '1, 2'])));
  assert.equal(all.sizes.length, 1 + 2 + 12);
  const [main, first, second, cell] = all.sizes;
  assert.deepEqual([first, cell], [second, [64, 64]]);
  assert.equal(main[0], 2 * first[0]);
  assert.match(all.told.infotexts[0], /Z Type: CFG Scale/);
  assert.doesNotMatch(all.told.infotexts[1], /Z Type/);
});

test('axes with choices take lists, or text where that is said', async () => {
  const [listed, written] = [
    await draw(plotting(plotArguments([9, 'ignored', ['Euler', 'DDIM', 'Heun']]))),
    await draw(plotting(plotArguments([9, 'Euler, DDIM'], { csv: true }))),
  ];
  assert.equal(listed.sizes[0][0], 48 + 3 * 64);
  assert.match(listed.told.infotexts[0], /X Values: "Euler,DDIM,Heun"/);
  assert.equal(written.sizes[0][0], 48 + 2 * 64);
});

test('a prompt matrix answers with its grid and all pictures', async () => {
  const args = [false, true, 'positive', 'comma', 0];
  const { told, sizes } = await draw({
    prompt: 'an apple|red|big',
    script_name: 'Prompt matrix',
    script_args: args,
    styles: [],
  });
  assert.equal(sizes.length, 5);
  assert.equal(told.index_of_first_image, 1);
  assert.deepEqual(told.all_prompts, ['an apple', 'an apple, red', 'an apple, big', 'an apple, red, big']);
  assert.deepEqual(told.all_seeds, [5, 6, 7, 8]);
});

test('a list of prompts answers with the pictures of all lines', async () => {
  const lines = 'a pear\n--prompt "a plum" --seed 9 --n_iter 2';
  const { told, sizes } = await draw({
    prompt: '',
    script_name: 'prompts from file or textbox',
    script_args: [false, false, 'start', lines],
  });
  assert.deepEqual(sizes, [
    [64, 64],
    [64, 64],
    [64, 64],
  ]);
  assert.deepEqual(told.all_prompts, ['a pear', 'a plum', 'a plum']);
  assert.deepEqual(told.all_seeds, [5, 9, 10]);
  assert.equal(told.index_of_first_image, 0);
});

test('loopback draws from pictures only', async () => {
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  const request = { script_name: 'Loopback', script_args: [3, 0.2, 'Linear', 'None'] };
  const { told, sizes } = await draw(
    { ...request, init_images: [picture.toString('base64')], denoising_strength: 0.6 },
    'img2img',
  );
  assert.equal(sizes.length, 4);
  assert.deepEqual(told.all_seeds, [5, 6, 7]);
  assert.equal((await call('/sdapi/v1/txt2img', { ...small, ...request })).status, 422);
});

test('an upscale answers with one large picture', async () => {
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  const request = { init_images: [picture.toString('base64')], script_name: 'SD upscale' };
  for (const upscaler of [1, 'lanczos']) {
    const { sizes } = await draw({ ...request, script_args: [null, 16, upscaler, 2] }, 'img2img');
    assert.deepEqual(sizes, [[128, 128]]);
  }
  for (const upscaler of ['made up', 99]) {
    const args = { ...request, script_args: [null, 16, upscaler, 2] };
    assert.equal((await call('/sdapi/v1/img2img', { ...small, ...args })).status, 422);
  }
});

test('styles stand once in every cell, in both passes, and come after what a script does to the words', async () => {
  writeFileSync(
    join(server.config.dataFolder, 'styles.csv'),
    'name,prompt,negative_prompt\nOil,"oil, {prompt}",\n',
  );
  const { told } = await draw({
    ...plotting(plotArguments([7, 'apple, oil pear'])),
    styles: ['Oil'],
    enable_hr: true,
    hr_prompt: 'a large apple',
    save_images: true,
    prompt: 'an apple of styles',
  });
  assert.equal(told.all_prompts[0], 'oil, an apple of styles');
  assert.equal(told.all_prompts[1], 'oil, an oil pear of styles');
  const [generation] = (await server.client.listGenerations({ limit: 1 })).generations;
  assert.equal(generation.recipe.hires?.prompt, 'oil, a large apple');
});

test('wildcards are told as they were drawn', async () => {
  mkdirSync(join(server.config.dataFolder, 'wildcards'), { recursive: true });
  writeFileSync(join(server.config.dataFolder, 'wildcards/one.txt'), 'plum');
  const { told } = await draw({ prompt: 'a __one__', n_iter: 2 });
  assert.deepEqual([told.prompt, told.all_prompts], ['a plum', ['a plum', 'a plum']]);
});

test('skipping leaves one place black and goes on with the next', async () => {
  const [x, rest] = [[1, '7-9', ''], plotArguments([0, ''], { lone: true }).slice(6)];
  const drawing = draw({
    ...plotting([...x, 0, '', '', ...rest]),
    prompt: 'slow and skipped',
    save_images: true,
    steps: 30,
  });
  for (let i = 0; i < 1000 && (await kept('skipped')) < 1; i++) await delay(10);
  assert.equal((await call('/sdapi/v1/skip', {})).status, 200);
  const { told, sizes } = await drawing;
  assert.deepEqual(told.all_seeds, [7, 9]);
  assert.equal(sizes.length, 1 + 2);
  const [{ state, cells }] = (await server.client.listGenerations({ limit: 1 })).generations;
  assert.equal(state, 'done');
  assert.deepEqual(
    cells?.map(({ error }) => error?.code),
    [undefined, 'script.skipped', undefined],
  );
});

test('nothing of a script is left in the gallery, unless it is saved', async () => {
  const script = { script_name: 'x/y/z plot', script_args: plotArguments([1, '1-2']) };
  await draw({ ...script, prompt: 'a quince' });
  for (let i = 0; i < 500 && (await kept('quince')) > 0; i++) await delay(10);
  assert.equal(await kept('quince'), 0);
  await draw({ ...script, prompt: 'a medlar', save_images: true });
  assert.equal(await kept('medlar'), 5);
});

for (const [what, request, pattern] of [
  ['an unknown script', { script_name: 'Ultimate' }, /^Script 'Ultimate' not found$/],
  [
    'a script that can be chosen among those that are always on',
    { alwayson_scripts: { 'Prompt matrix': { args: [] } } },
    /^Cannot have a selectable script in the always on scripts params$/,
  ],
  ['an unknown always-on script', { alwayson_scripts: { Made: { args: [1] } } }, /^Script 'Made' not found$/],
  [
    'too few arguments',
    { script_name: 'x/y/z plot', script_args: [1, '2'] },
    /script_args.*takes 18 arguments/,
  ],
  [
    'an argument of another kind',
    { script_name: 'prompt matrix', script_args: [false, false, 'both', 'comma', 0] },
    /script_args.*permitted: positive, negative/,
  ],
  [
    'an axis that is none',
    { script_name: 'x/y/z plot', script_args: plotArguments([99, '']) },
    /script_args.*there is no such axis/,
  ],
  [
    'values that are none',
    { script_name: 'x/y/z plot', script_args: plotArguments([4, 'many']) },
    /values.*is not a whole number/,
  ],
] as const) {
  test(`${what}: 422`, async () => {
    const { status, body } = await call('/sdapi/v1/txt2img', { ...small, ...request });
    assert.equal(status, 422);
    const { detail } = body as { detail: unknown };
    assert.match(typeof detail === 'string' ? detail : JSON.stringify(detail), pattern);
  });
}

test('an axis whose feature is not there says so', async () => {
  const place = axesOf('txt2img').findIndex(({ label }) => label === 'FP8 mode');
  const script = { script_name: 'x/y/z plot', script_args: plotArguments([place, 'CodeFormer']) };
  const { status, body } = await call('/sdapi/v1/txt2img', { ...small, ...script });
  assert.deepEqual([status, (body as { error: string }).error], [501, 'script.axis-unavailable']);
});

test('what an always-on script of its page says changes nothing, as in A1111', async () => {
  const { told } = await draw({ alwayson_scripts: { Seed: { args: [77, false] }, sampler: { args: [] } } });
  assert.equal(told.seed, 5);
});

test('scripts are listed with their arguments, as many as they take', async () => {
  const { txt2img, img2img } = sdapi.scriptListSchema.parse((await call('/sdapi/v1/scripts')).body);
  assert.ok(txt2img.includes('x/y/z plot') && !txt2img.includes('loopback') && img2img.includes('loopback'));
  const infos = sdapi.scriptInfoListSchema.parse((await call('/sdapi/v1/script-info')).body);
  assert.deepEqual(
    infos.filter((info) => info.is_img2img === false).map(({ name }) => name),
    txt2img,
  );
  const info = infos.find(({ name, is_img2img: isFrom }) => name === 'x/y/z plot' && isFrom === false);
  assert.equal(info?.args.length, 18);
  assert.deepEqual(Object.keys(info?.args[0] ?? {}), [
    'label',
    'value',
    'minimum',
    'maximum',
    'step',
    'choices',
  ]);
  const { choices } = info?.args[0] ?? {};
  assert.equal((choices as string[])[4], 'Steps');
});
