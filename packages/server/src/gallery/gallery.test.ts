import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ApiError } from '@bottega/contract';
import { startTestServer, type TestServer, writeTinyCheckpoint } from '@bottega/testing';
import sharp from 'sharp';
import { encodePng } from '@bottega/diffusion';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

async function drawOne(prompt: string, negativePrompt = '', seed = 1) {
  const { id } = await server.client.createGeneration({
    prompt,
    negativePrompt,
    seed,
    steps: 1,
    width: 512,
    height: 256,
  });
  return (await server.services.studio.finished(id)).pictures[0];
}

for (const [prompt, negativePrompt, search, isFound] of [
  ['A Red Apple, on blue', '', 'red', true],
  ['A Red Apple, on blue', '', 'APPLE blue', true],
  ['A Red Apple, on blue', '', 'app', true],
  ['A Red Apple, on blue', '', 'pple', false],
  ['A Red Apple, on blue', '', 'red green', false],
  ['a tree', 'ugly, blurry', 'blur', true],
  ['perché così', '', 'perché', true],
  ['Красное яблоко', '', 'ябл', true],
  ['state-of-the-art', '', 'state-of', true],
  ['a 🍎 there', '', '🍎', true],
  ['a 🍎 there', '', '🍏', false],
  ["it's here", '', "it's", true],
] as const) {
  test(`"${search}" ${isFound ? 'finds' : 'does not find'} "${prompt}"`, async () => {
    const { id } = await drawOne(prompt, negativePrompt);
    const { pictures } = await server.client.listPictures({ search, limit: 200 });
    assert.equal(
      pictures.some((picture) => picture.id === id),
      isFound,
    );
  });
}

test('pages follow each other without gaps, newest first, while new pictures arrive', async () => {
  for (let seed = 0; seed < 5; seed++) await drawOne('paged', '', seed);
  const first = await server.client.listPictures({ search: 'paged', limit: 2 });
  await drawOne('paged', '', 9);
  const second = await server.client.listPictures({ search: 'paged', limit: 2, cursor: first.next });
  const third = await server.client.listPictures({ search: 'paged', limit: 2, cursor: second.next });
  const seeds = [...first.pictures, ...second.pictures, ...third.pictures].map((picture) => picture.seed);
  assert.deepEqual(seeds, [4, 3, 2, 1, 0]);
  assert.deepEqual([first.total, third.total, third.next], [5, 6, undefined]);
});

test('two pictures of the same bytes share a file, which goes with the last of them', async () => {
  const [one, two] = [await drawOne('same', '', 77), await drawOne('same', '', 77)];
  assert.equal(one.url, two.url);
  assert.notEqual(one.id, two.id);
  await server.client.deletePicture(one.id);
  assert.equal((await fetch(server.url + two.url)).status, 200);
  await server.client.deletePicture(two.id);
  assert.equal((await fetch(server.url + two.url)).status, 404);
  await assert.rejects(server.client.deletePicture(two.id), hasCode('picture.unknown'));
});

test('pictures and thumbnails may be kept for ever', async () => {
  const picture = await drawOne('cached', '', 3);
  for (const [path, type] of [
    [picture.url, 'image/png'],
    [picture.thumbnailUrl, 'image/webp'],
  ] as const) {
    const response = await fetch(server.url + path);
    assert.equal(response.headers.get('content-type'), type);
    assert.match(response.headers.get('cache-control') ?? '', /immutable/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    const again = await fetch(server.url + path, {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    });
    assert.equal(again.status, 304);
  }
  const small = await (await fetch(server.url + picture.thumbnailUrl)).arrayBuffer();
  const { width, height } = await sharp(small).metadata();
  assert.deepEqual([width, height], [384, 192]);
});

test('a picture made here gives its recipe back', async () => {
  const picture = await drawOne('a red (apple:1.2)', 'blurry', 42);
  const file = new Uint8Array(await (await fetch(server.url + picture.url)).arrayBuffer());
  const { recipe, infotext } = await server.client.readRecipe(file);
  assert.equal(infotext, picture.infotext);
  const { prompt, seed, steps, width, height, sampler, model } = recipe;
  assert.deepEqual(
    { prompt, seed, steps, width, height, sampler, model },
    {
      prompt: 'a red (apple:1.2)',
      seed: 42,
      steps: 1,
      width: 512,
      height: 256,
      sampler: 'DPM++ 2M',
      model: 'tiny',
    },
  );
});

const a1111 = `a castle, <lora:x:0.5>
Negative prompt: low quality
Steps: 30, Sampler: Euler a, Schedule type: Karras, CFG scale: 6.5, Seed: 3000000000, Size: 512x768, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Clip skip: 2, ENSD: 31337, RNG: CPU, Version: v1.10.1`;

for (const format of ['jpeg', 'png'] as const) {
  test(`a ${format} of A1111 gives its recipe, and the name of the model that is missing`, async () => {
    const { recipe, missingModel } = await server.client.readRecipe(await withInfotext(format, a1111));
    assert.deepEqual(recipe, {
      prompt: 'a castle, <lora:x:0.5>',
      negativePrompt: 'low quality',
      steps: 30,
      sampler: 'Euler a',
      scheduler: 'Karras',
      cfgScale: 6.5,
      seed: 3000000000,
      width: 512,
      height: 768,
      clipSkip: 2,
      etaNoiseSeedDelta: 31337,
      randomSource: 'CPU',
    });
    assert.equal(missingModel, 'v1-5-pruned-emaonly [6ce0161689]');
  });
}

test('a second pass, tiles and merged tokens are read too', async () => {
  const text =
    'x\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 512x512, Denoising strength: 0.4, Token merging ratio: 0.5, Token merging ratio hr: 0.3, Tiling: True, Hires sampler: Heun, Hires prompt: y, Hires resize: 900x0, Hires steps: 9, Hires upscaler: Latent (nearest)';
  const { recipe } = await server.client.readRecipe(await withInfotext('png', text));
  assert.equal(recipe.tiling, true);
  assert.equal(recipe.tokenMerging, 0.5);
  assert.deepEqual(recipe.hires, {
    width: 900,
    upscaler: 'Latent (nearest)',
    steps: 9,
    strength: 0.4,
    sampler: 'Heun',
    prompt: 'y',
    tokenMerging: 0.3,
  });
});

test('how a picture was drawn from another is read too, and kept apart from what can be drawn as it is', async () => {
  const text =
    'x\nSteps: 20, Sampler: Euler, CFG scale: 7, Image CFG scale: 1.5, Seed: 5, Size: 64x64, Denoising strength: 0.4, Soft inpainting enabled: True, Soft inpainting schedule bias: 2, Soft inpainting difference threshold: 0, Mask mode: Inpaint not masked, Mask blur: 6, Inpaint area: Only masked, Masked area padding: 16, Masked content: fill, Encoder seed: 8';
  const { recipe, start } = await server.client.readRecipe(await withInfotext('png', text));
  assert.deepEqual([recipe.seed, recipe.start], [5, undefined]);
  assert.deepEqual(start, {
    strength: 0.4,
    imageCfgScale: 1.5,
    encoderSeed: 8,
    mask: {
      invert: true,
      blur: 6,
      content: 'fill',
      area: 'masked',
      padding: 16,
      soft: { scheduleBias: 2, differenceThreshold: 0 },
    },
  });
  for (const other of [
    'Denoising strength: 7',
    'CFG scale: 3',
    'Denoising strength: 0.4, Hires upscale: 2',
  ]) {
    const read = await withInfotext('png', `x\nSteps: 20, Sampler: Euler, Seed: 5, ${other}`);
    assert.equal((await server.client.readRecipe(read)).start, undefined);
  }
});

test('settings of sampling are read where they are not the usual ones, and a VAE where it is installed', async () => {
  const text =
    'x\nSteps: 20, Sampler: Euler a, Seed: 1, VAE: gone.pt, Eta: 1.0, Pad conds: True, Sigma noise: 0.9';
  const { recipe } = await server.client.readRecipe(await withInfotext('png', text));
  assert.deepEqual(recipe.samplerOptions, { pad_cond_uncond: true, s_noise: 0.9 });
  assert.equal(recipe.vae, undefined);
  const folder = join(server.config.dataFolder, 'models/VAE');
  mkdirSync(folder, { recursive: true });
  writeTinyCheckpoint(join(folder, 'here.safetensors'));
  const { vaes } = await server.client.listVaes();
  assert.deepEqual(
    vaes.map(({ name, bytes }) => [name, bytes > 0]),
    [['here.safetensors', true]],
  );
  const drawn = await server.client.readRecipe(
    await withInfotext('png', text.replace('gone.pt', 'here.safetensors')),
  );
  assert.equal(drawn.recipe.vae, 'here.safetensors');
});

test('a refiner is read where it is installed', async () => {
  for (const [name, expected] of [
    ['tiny', { model: 'tiny', switchAt: 0.8 }],
    ['gone [0123456789]', undefined],
  ] as const) {
    const text = `x\nSteps: 20, Sampler: Euler, Seed: 1, Refiner: ${name}, Refiner switch at: 0.8`;
    const { recipe } = await server.client.readRecipe(await withInfotext('png', text));
    assert.deepEqual(recipe.refiner, expected);
  }
});

test('a sampler and a schedule written as one name are taken apart', async () => {
  const text = 'x\nSteps: 20, Sampler: DPM++ 2M SDE Karras, CFG scale: 7, Seed: 5, Size: 64x64';
  const { recipe } = await server.client.readRecipe(await withInfotext('png', text));
  assert.deepEqual([recipe.sampler, recipe.scheduler], ['DPM++ 2M SDE', 'Karras']);
});

test('values that no recipe can hold are left out, the others stay', async () => {
  const text = 'x\nSteps: 900, Sampler: Euler, CFG scale: nan, Seed: -5, Size: 9x99999999, Model: tiny';
  const { recipe } = await server.client.readRecipe(await withInfotext('png', text));
  assert.deepEqual([recipe.prompt, recipe.sampler, recipe.model], ['x', 'Euler', 'tiny']);
  assert.deepEqual(
    [recipe.steps, recipe.cfgScale, recipe.seed, recipe.height],
    [undefined, undefined, undefined, undefined],
  );
});

const solid = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;

for (const [name, make, code] of [
  ['text', () => Buffer.from('not a picture'), 'picture.unreadable'],
  ['nothing', () => Buffer.alloc(0), 'picture.unreadable'],
  [
    'a PNG signature and noise',
    () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 7)]),
    'picture.unreadable',
  ],
  ['a GIF', () => sharp(solid).gif().toBuffer(), 'picture.unreadable'],
  [
    'an SVG',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    'picture.unreadable',
  ],
  ['a PNG without recipe', () => sharp(solid).png().toBuffer(), 'picture.no-recipe'],
  ['a 16-bit PNG', () => sharp(solid).toColourspace('rgb16').png().toBuffer(), 'picture.no-recipe'],
  ['a CMYK JPEG', () => sharp(solid).toColourspace('cmyk').jpeg().toBuffer(), 'picture.no-recipe'],
  ['an animated WebP', () => animated(), 'picture.no-recipe'],
  ['a decompression bomb', () => bomb(), 'picture.unreadable'],
] as const) {
  test(`${name} is answered with ${code}`, async () => {
    await assert.rejects(server.client.readRecipe(new Uint8Array(await make())), hasCode(code));
  });
}

async function withInfotext(format: 'png' | 'jpeg', text: string): Promise<Uint8Array> {
  if (format === 'png') return encodePng({ width: 8, height: 8, data: new Uint8Array(8 * 8 * 3) }, text);
  const jpeg = await sharp(solid).jpeg().toBuffer();
  return Buffer.concat([jpeg.subarray(0, 2), exifSegment(text), jpeg.subarray(2)]);
}

/** An APP1 segment with nothing but a user comment, as A1111 writes it. */
function exifSegment(text: string): Buffer {
  const comment = Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from(text, 'utf16le').swap16()]);
  const tiff = Buffer.alloc(44);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  // IFD0 has one entry, which says where the EXIF entries are; of those there is one, the comment.
  for (const [at, tag, type, count, value] of [
    [8, 0x8769, 4, 1, 26],
    [26, 0x9286, 7, comment.length, 44],
  ] as const) {
    tiff.writeUInt16BE(1, at);
    tiff.writeUInt16BE(tag, at + 2);
    tiff.writeUInt16BE(type, at + 4);
    tiff.writeUInt32BE(count, at + 6);
    tiff.writeUInt32BE(value, at + 10);
  }
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, comment]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function animated(): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 16, channels: 3, background: 'red' } })
    .raw()
    .toBuffer()
    .then((data) =>
      sharp(data, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
        .webp({ loop: 0 })
        .toBuffer(),
    );
}

/** A PNG of 100 bytes that claims 100,000 x 100,000 pixels. */
function bomb(): Buffer {
  const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802000000', 'hex');
  png.writeUInt32BE(100_000, 16);
  png.writeUInt32BE(100_000, 20);
  return Buffer.concat([png, Buffer.alloc(80)]);
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof ApiError && error.code === code;
}
