/** Scripts through the whole program: drawn, composed, cancelled, gone on with after a crash. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Generation, RecipeInput } from '@bottega/contract';
import { startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';
import { axes } from './plot/axes.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const small = { width: 64, height: 64, steps: 2, seed: 5 };

async function ended(client: Client, id: string): Promise<Generation> {
  return until(client, id, ({ state }) => ['done', 'failed', 'cancelled'].includes(state));
}

async function until(
  client: Client,
  id: string,
  isReached: (generation: Generation) => boolean,
): Promise<Generation> {
  for (let i = 0; i < 2000; i++) {
    const generation = await client.getGeneration(id);
    if (isReached(generation)) return generation;
    await delay(10);
  }
  throw new Error('it did not come true');
}

async function draw(recipe: RecipeInput): Promise<Generation> {
  const { id } = await server.client.createGeneration({ ...small, ...recipe });
  return ended(server.client, id);
}

/** Red of a pixel: the fake engine paints the seed. */
async function red(url: string, x: number, y: number): Promise<number> {
  const file = Buffer.from(await (await fetch(server.url + url)).arrayBuffer());
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return data[(y * info.width + x) * info.channels];
}

test('a plot is one generation: its pictures, its cells, and one sheet that says what it is', async () => {
  const plotted = await draw({
    prompt: 'an elm',
    script: {
      name: 'x/y/z plot',
      x: { type: 'Seed', values: '10-30 (+10)' },
      y: { type: 'steps', values: '2, 4' },
    },
  });
  assert.equal(plotted.state, 'done');
  assert.deepEqual(
    plotted.cells?.map(({ x, y }) => [x, y]),
    [
      ['Seed: 10', 'Steps: 2'],
      ['Seed: 20', 'Steps: 2'],
      ['Seed: 30', 'Steps: 2'],
      ['Seed: 10', 'Steps: 4'],
      ['Seed: 20', 'Steps: 4'],
      ['Seed: 30', 'Steps: 4'],
    ],
  );
  const byId = new Map(plotted.pictures.map((picture) => [picture.id, picture]));
  assert.deepEqual(
    plotted.cells?.map(({ pictures }) => pictures.map((id) => byId.get(id)?.seed)),
    [[10], [20], [30], [10], [20], [30]],
  );
  const sheets = plotted.pictures.filter(({ isSheet }) => isSheet);
  assert.equal(sheets.length, 1);
  const [{ infotext, url, width, height }] = sheets;
  assert.match(infotext, /Script: X\/Y\/Z plot, X Type: Seed, X Values: 10-30 \(\+10\)/);
  assert.match(infotext, /Fixed X Values: "10, 20, 30", Y Type: Steps, Y Values: "2, 4"/);
  assert.equal(width, 48 + 3 * 64);
  const top = height - 2 * 64;
  for (const [row, y] of [top + 32, top + 96].entries())
    for (const [column, seed] of [10, 20, 30].entries())
      assert.equal(await red(url, 48 + column * 64 + 32, y), seed, `${row} ${column}`);
});

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guide/scripts.md'), 'utf8');

test('the guide names every axis', () => {
  assert.deepEqual(
    axes.filter(({ label }) => !guide.includes(`\`${label}\``)),
    [],
  );
});

test("the guide's example is a plot", async () => {
  const [, example] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const { state, cells, pictures } = await draw(JSON.parse(example) as RecipeInput);
  assert.equal(state, 'done');
  assert.equal(cells?.length, 6);
  assert.equal(pictures.at(-1)?.isSheet, true);
});

test('what one cell suffers leaves its place black, and is told there', async () => {
  const plotted = await draw({
    prompt: 'fine',
    script: { name: 'x/y/z plot', x: { type: 'Prompt S/R', values: 'fine, nan' } },
  });
  assert.equal(plotted.state, 'done');
  assert.deepEqual(
    plotted.cells?.map(({ pictures, error }) => [pictures.length, error?.code]),
    [
      [1, undefined],
      [0, 'model.not-finite'],
    ],
  );
  const sheet = plotted.pictures.find(({ isSheet }) => isSheet);
  assert.ok(sheet !== undefined);
  assert.deepEqual(
    [await red(sheet.url, 32, sheet.height - 32), await red(sheet.url, 96, sheet.height - 32)],
    [5, 0],
  );
});

test('where nothing can be drawn the generation fails', async () => {
  const plotted = await draw({
    prompt: 'nan',
    script: { name: 'x/y/z plot', x: { type: 'Seed', values: '1,2' } },
  });
  assert.deepEqual([plotted.state, plotted.error?.code], ['failed', 'model.not-finite']);
});

/** The field or code that it is refused with. */
async function refused(script: NonNullable<RecipeInput['script']>): Promise<unknown> {
  return server.client.createGeneration({ ...small, prompt: 'x', script }).then(
    () => 'accepted',
    (error: { code: string; field?: string }) => error.field ?? error.code,
  );
}

test('everything is checked before anything is queued', async () => {
  const x = (type: string, values: string) => refused({ name: 'x/y/z plot', x: { type, values } });
  assert.equal(await x('Steps', '10, 1000'), 'steps');
  assert.equal(await x('Steps', 'ten'), 'script.x.values');
  assert.equal(await x('Steps', ''), 'script.x.values');
  assert.equal(await x('Steps', '1-1000000000'), 'script.x.values');
  assert.equal(await x('Sampler', 'Euler, Eulr'), 'sampler');
  assert.equal(await x('Checkpoint name', 'tiny, none such'), 'script.x.values');
  assert.equal(await x('Prompt S/R', 'y, z'), 'script.x.values');
  assert.equal(await x('Size', '64x64, big'), 'script.x.values');
  assert.equal(await x('Token merging ratio', '0.5, 0.95'), 'tokenMerging');
  assert.equal(await x('FP8 mode', 'Enable'), 'script.axis-unavailable');
  assert.equal(await x('Colour', 'red'), 'script.axis-unknown');
  assert.equal(await x('Size', '64x64, 16384x16384'), 'script');
  assert.equal(await refused({ name: 'prompts from file or textbox', lines: ' \n ' }), 'script.lines');
  assert.equal(await refused({ name: 'loopback' }), 'start');
});

test('a plot that is cancelled shows what was drawn until then', async () => {
  const { client } = server;
  const { id } = await client.createGeneration({
    ...small,
    prompt: 'slow',
    script: { name: 'x/y/z plot', x: { type: 'Seed', values: '1-50' } },
  });
  await until(client, id, ({ pictures }) => pictures.length >= 2);
  await client.cancelGeneration(id);
  const cancelled = await ended(client, id);
  assert.equal(cancelled.state, 'cancelled');
  const sheet = cancelled.pictures.find(({ isSheet }) => isSheet);
  assert.ok(sheet !== undefined);
  assert.deepEqual(
    [await red(sheet.url, 32, sheet.height - 9), await red(sheet.url, 64 * 49 + 32, sheet.height - 9)],
    [1, 0],
  );
});

test('progress is told over all cells and grows', async () => {
  const { client } = server;
  const { id } = await client.createGeneration({
    ...small,
    prompt: 'slow',
    steps: 4,
    script: { name: 'x/y/z plot', x: { type: 'Seed', values: '1-4' } },
  });
  const fractions: number[] = [];
  await until(client, id, ({ state, progress }) => {
    if (progress !== undefined) {
      assert.equal(progress.steps, 16);
      fractions.push(progress.fraction);
    }
    return state === 'done';
  });
  assert.ok(fractions.length > 1);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
  assert.ok((fractions.at(-1) ?? 0) > 0.5);
});

test("wildcards take lines that each picture's seed decides, alone and in scripts", async () => {
  const folder = join(server.config.dataFolder, 'wildcards');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'colour.txt'), 'red\ngreen\nblue\n');
  const wild = { prompt: 'a __colour__ __unknown__ cat', batchCount: 2, batchSize: 2 };
  const [once, again] = [await draw(wild), await draw(wild)];
  // Python 3: random.Random(seed).choice(['red', 'green', 'blue']) for 5, 6, 7, 8
  const expected = ['blue', 'blue', 'green', 'red'].map((colour) => `a ${colour} __unknown__ cat`);
  for (const { pictures } of [once, again]) {
    assert.deepEqual(
      pictures.map(({ prompt }) => prompt),
      expected,
    );
    assert.deepEqual(
      pictures.map(({ seed }) => seed),
      [5, 6, 7, 8],
    );
  }
  assert.match(once.pictures[0].infotext, /Wildcard prompt: a __colour__ __unknown__ cat/);
  assert.equal(once.recipe.prompt, wild.prompt);
  const plotted = await draw({
    prompt: 'a __colour__ cat',
    script: { name: 'x/y/z plot', x: { type: 'Seed', values: '5-8' } },
  });
  assert.deepEqual(
    plotted.pictures.slice(0, 4).map(({ prompt }) => prompt),
    expected.map((prompt) => prompt.replace(' __unknown__', '')),
  );
});

/** @returns its id. */
async function sendPicture(): Promise<string> {
  const plain = sharp({ create: { width: 64, height: 64, channels: 3, background: '#102030' } });
  return (await server.client.sendPicture(await plain.png().toBuffer())).id;
}

test('loopback draws from the picture before', async () => {
  const media = await sendPicture();
  const looped = await draw({
    prompt: 'round',
    start: { images: [media], strength: 0.8 },
    script: { name: 'loopback', loops: 3, finalStrength: 0.2 },
  });
  assert.equal(looped.state, 'done', JSON.stringify(looped.error));
  assert.deepEqual(
    looped.pictures.map(({ isSheet, seed }) => (isSheet ? 'sheet' : seed)),
    [5, 6, 7, 'sheet'],
  );
  assert.match(looped.pictures[0].infotext, /Final denoising strength: 0.2, Denoising curve: Linear/);
});

test('where the first of a chain fails nothing can be drawn, and the generation fails', async () => {
  const looped = await draw({
    prompt: 'nan',
    start: { images: [await sendPicture()] },
    script: { name: 'loopback', loops: 2 },
  });
  assert.deepEqual([looped.state, looped.error?.code], ['failed', 'model.not-finite']);
});

test('an upscale gives one large picture, and its tiles are gone', async () => {
  const media = await sendPicture();
  const large = await draw({
    prompt: 'larger',
    start: { images: [media], strength: 0.3 },
    script: { name: 'sd upscale', upscaler: 'Lanczos', scale: 2, overlap: 16 },
  });
  assert.equal(large.state, 'done', JSON.stringify(large.error));
  assert.deepEqual(
    large.pictures.map(({ width, height, isSheet }) => [width, height, isSheet]),
    [[128, 128, undefined]],
  );
  const [{ url, infotext }] = large.pictures;
  assert.match(infotext, /SD upscale overlap: 16, SD upscale upscaler: Lanczos/);
  // The fake engine paints the seed; the tiles are drawn with 5, 6 ... 13.
  assert.deepEqual([await red(url, 0, 0), await red(url, 64, 0), await red(url, 127, 127)], [5, 6, 13]);
  const hashes = readdirSync(join(server.config.dataFolder, 'media'), { recursive: true });
  const before = hashes.length;
  await server.client.deleteGeneration(large.id);
  // One picture and the one that it started from, which a day's upload still holds.
  assert.equal(readdirSync(join(server.config.dataFolder, 'media'), { recursive: true }).length, before - 1);
  await assert.rejects(
    server.client.createGeneration({
      start: { images: [media] },
      script: { name: 'sd upscale', upscaler: 'made up' },
    }),
    { field: 'script.upscaler' },
  );
});
