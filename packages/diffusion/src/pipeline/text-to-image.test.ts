/** Whole generations with a tiny random checkpoint. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GenerationEvent, Model, RunOptions, TextToImageRequest } from '../api.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { parseInfotext } from '../infotext/parse.ts';
import { loadModel } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), {
  threads: 1,
  sha256: '0123456789abcdef',
});
after(() => model.dispose());

const small: TextToImageRequest = { prompt: 'a cat', width: 32, height: 24, steps: 3, seed: 5 };

type Picture = Extract<GenerationEvent, { type: 'picture' }>;
async function draw(
  request: Partial<TextToImageRequest>,
  options?: RunOptions,
  by: Model = model,
): Promise<Picture[]> {
  const events = await collect(textToImage(by, { ...small, ...request }, options));
  return events.filter((event) => event.type === 'picture');
}

test('tells of the start, every step, every picture and the end', async () => {
  const request = { ...small, batchSize: 2, batchCount: 2, sampler: 'Euler a' };
  const events = await collect(textToImage(model, request, { previewEvery: 2, version: 'test' }));
  const [started] = events;
  assert.deepEqual(started, {
    type: 'started',
    seeds: [5, 6, 7, 8],
    width: 32,
    height: 24,
    steps: 6,
    pictures: 4,
    warnings: [],
  });
  const batch = ['step', 'step', 'step', 'picture', 'picture'];
  assert.deepEqual(
    events.map(({ type }) => type),
    ['started', ...batch, ...batch, 'done'],
  );
  const steps = events.filter((event) => event.type === 'step');
  assert.deepEqual(
    steps.map(({ step }) => step),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(
    steps.map(({ preview }) => preview?.width),
    [undefined, 4, undefined, undefined, 4, undefined],
  );
  for (const { fraction, secondsRemaining } of steps) {
    assert.ok(fraction > 0 && fraction < 1 && secondsRemaining > 0);
  }
  const pictures = events.filter((event) => event.type === 'picture');
  assert.deepEqual(
    pictures.map(({ index, seed }) => [index, seed]),
    [
      [0, 5],
      [1, 6],
      [2, 7],
      [3, 8],
    ],
  );
  for (const { image } of pictures) {
    assert.deepEqual([image.width, image.height, image.data.length], [32, 24, 32 * 24 * 3]);
  }
  assert.equal(
    pictures[3].infotext,
    'a cat\nSteps: 3, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 8, Size: 32x24, ' +
      'Model hash: 0123456789, Model: tiny, RNG: NV, Version: test',
  );
});

for (const sampler of ['Euler a', 'DPM++ 2M SDE']) {
  test(`a picture of a batch is the same picture alone (${sampler})`, async () => {
    const varied = { sampler, subseed: 9, subseedStrength: 0.2 };
    const together = await draw({ ...varied, batchSize: 2 });
    const first = await draw(varied);
    const second = await draw({ ...varied, subseed: 10 });
    assert.deepEqual(
      together.map(({ image }) => image),
      [...first, ...second].map(({ image }) => image),
    );
  });
}

test('seeds, words and samplers make a difference, and nothing else does', async () => {
  const [again] = await draw({ subseed: 1 });
  const [reference] = await draw({ subseed: 1 });
  assert.deepEqual(again, reference);
  for (const change of [{ seed: 6 }, { prompt: 'a dog' }, { sampler: 'Heun' }, { negativePrompt: 'red' }]) {
    const [{ image }] = await draw(change);
    assert.notDeepEqual(image, reference.image, JSON.stringify(change));
  }
});

test('a picture can be drawn again from its infotext', async () => {
  const [drawn] = await draw({
    seed: -1,
    negativePrompt: 'b',
    cfgScale: 4.5,
    sampler: 'DPM++ 2M',
    clipSkip: 2,
  });
  const recipe = parseInfotext(drawn.infotext);
  const number = (name: string): number => Number(recipe.get(name));
  const [again] = await draw({
    prompt: String(recipe.get('Prompt')),
    negativePrompt: String(recipe.get('Negative prompt')),
    steps: number('Steps'),
    sampler: String(recipe.get('Sampler')),
    scheduler: String(recipe.get('Schedule type')),
    cfgScale: number('CFG scale'),
    seed: number('Seed'),
    width: number('Size-1'),
    height: number('Size-2'),
    clipSkip: number('Clip skip'),
  });
  assert.deepEqual(again.image, drawn.image);
});

test('any words can be drawn', async () => {
  for (const prompt of [
    '',
    '((((',
    ')]:|\\',
    'קו של חתולים 🐈‍⬛',
    '\0\ud800',
    '[a|b]::1 AND',
    'word, '.repeat(14_000),
  ]) {
    const pictures = await draw({ prompt, steps: 1 });
    assert.equal(pictures.length, 1, prompt.slice(0, 20));
  }
});

test('says what will not be heeded', async () => {
  const [started] = await collect(textToImage(model, { ...small, prompt: 'a <lora:x:0.5>', steps: 1 }));
  assert.match(started.type === 'started' ? (started.warnings?.join() ?? '') : '', /<lora:x:0.5>/);
});

test('aborting ends it before the next evaluation, and the model draws on', async () => {
  for (const at of ['started', 'step', 'picture'] as const) {
    const abort = new AbortController();
    const seen: string[] = [];
    const drawing = async (): Promise<void> => {
      const request = { ...small, batchCount: 50 };
      for await (const { type } of textToImage(model, request, { signal: abort.signal })) {
        seen.push(type);
        if (type === at) abort.abort();
      }
    };
    await assert.rejects(drawing, { name: 'EngineError', code: 'generation.cancelled' });
    assert.ok(seen.length - seen.indexOf(at) <= 2, `${seen.join()} after ${at}`);
  }
  assert.equal((await draw({})).length, 1);
});

test('a signal aborted by a timer is heard between steps', async () => {
  const drawing = draw({ batchCount: 500 }, { signal: AbortSignal.timeout(50) });
  await assert.rejects(drawing, { code: 'generation.cancelled' });
});

test('leaving the loop ends the drawing', async () => {
  for await (const event of textToImage(model, { ...small, batchCount: 500 }))
    if (event.type === 'step') break;
  assert.equal((await draw({})).length, 1);
});

async function refused(request: object, error: object): Promise<void> {
  const events = textToImage(model, { ...small, ...request });
  await assert.rejects(events.next(), error, JSON.stringify(request));
}

test('what cannot be drawn is refused before anything is drawn, by field', async () => {
  await refused({ clipSkip: 9 }, { code: 'request.invalid', message: /^clipSkip: .* 1 to 3/ });
  await refused({ sampler: 'Eulr' }, { code: 'sampler.unknown' });
  await refused({ scheduler: 'Kerras' }, { code: 'scheduler.unknown' });
  await refused({ steps: 1, sampler: 'UniPC' }, { code: 'sampler.too-few-steps' });
  await refused({ samplerOptions: { s_churn: 'much' } }, { code: 'request.invalid' });
});

test('a picture for which there is no memory is refused with the numbers', async () => {
  const drawing = draw({ width: 4096, height: 4096 }, { memoryLimit: 2e9 });
  await assert.rejects(drawing, { code: 'request.too-large', message: /4096x4096 .* 5\.1 GB .* 2\.0 GB/ });
});

test('NaN from a network is an error that names the step', async () => {
  for (const [tensor, step] of [
    ['model.diffusion_model.out.2.bias', 1],
    ['first_stage_model.decoder.conv_out.bias', 3],
  ] as const) {
    const path = join(folder, `${tensor}.safetensors`);
    await spoil(writeTinyCheckpoint(path), tensor);
    await using broken = await loadModel(path, { threads: 1 });
    const drawing = draw({}, {}, broken);
    await assert.rejects(drawing, { code: 'model.not-finite', details: { step } });
  }
});

test('a model that draws small gets large pictures enlarged, and the infotext says so', async () => {
  const path = writeTinyCheckpoint(join(folder, 'native.safetensors'));
  const card = {
    native: { width: 32, height: 32, min: 24, max: 48, otherSizes: 'upscale' },
    defaults: { steps: 2, cfgScale: 3, sampler: 'Euler', width: 96, height: 96 },
  };
  writeFileSync(join(folder, 'native.json'), JSON.stringify(card));
  await using native = await loadModel(path, { threads: 1 });
  const [large] = await draw({ width: undefined, height: undefined, steps: undefined }, {}, native);
  assert.deepEqual([large.image.width, large.image.height], [96, 96]);
  assert.match(large.infotext, /Steps: 2, Sampler: Euler, .*CFG scale: 3.0, .*Size: 96x96, /);
  assert.match(large.infotext, /, Drawn at: 32x32, Upscaler: ESRGAN slim x4$/);
  const [own] = await draw({ width: 48, height: 24 }, {}, native);
  assert.doesNotMatch(own.infotext, /Drawn at/);
  const [tiny] = await draw({ width: 16, height: 8 }, {}, native);
  assert.deepEqual([tiny.image.width, tiny.image.height], [16, 8]);
  assert.match(tiny.infotext, /, Drawn at: 48x24, Upscaler: Lanczos$/);
});

/** Writes NaN over the first number of a tensor of a float16 checkpoint. */
async function spoil(path: string, name: string): Promise<void> {
  const { tensors } = await openWeights(path);
  await using file = await open(path, 'r+');
  await file.write(Uint8Array.of(0, 0x7e), 0, 2, tensors.get(name)?.offset);
}
