/** A second model that takes over, with tiny random checkpoints. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GenerationEvent, Model, TextToImageRequest } from '../api.ts';
import { EngineError } from '../errors.ts';
import { loadModel, partsOf } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const load = (name: string, options: Parameters<typeof writeTinyCheckpoint>[1]): Promise<Model> =>
  loadModel(writeTinyCheckpoint(join(folder, `${name}.safetensors`), options), {
    threads: 1,
    sha256: '0123456789abcdef',
  });
const [base, second, quarter] = [
  await load('base', {}),
  await load('second', { seed: 1 }),
  await load('quarter', { latentFactor: 4 }),
];
after(() => Promise.all([base, second, quarter].map((model) => model.dispose())));

const request: TextToImageRequest = {
  prompt: 'a [cat:dog:2]',
  width: 32,
  height: 24,
  steps: 4,
  seed: 5,
  sampler: 'Euler',
};

type Picture = Extract<GenerationEvent, { type: 'picture' }>;
async function draw(changes: Partial<TextToImageRequest>, model = base): Promise<Picture> {
  const events = await collect(textToImage(model, { ...request, ...changes }));
  const picture = events.find((event) => event.type === 'picture');
  assert.ok(picture);
  return picture;
}

test('the refiner draws what is left when it takes over, and the infotext says so', async (t) => {
  const [first, then] = [base, second].map((model) => t.mock.method(partsOf(model).networks, 'network'));
  // Four uniform steps stand at 999, 666, 333 and 0 of 999.
  for (const [switchAt, calls] of [
    [0.5, [2, 2]],
    [0.3, [1, 3]],
    [1, [4, 0]],
  ] as const) {
    const { infotext } = await draw({ refiner: { model: second, switchAt } });
    assert.deepEqual([first.mock.callCount(), then.mock.callCount()], calls, String(switchAt));
    const said = `Refiner: second [0123456789], Refiner switch at: ${switchAt}`;
    assert.equal(infotext.includes(said), calls[1] > 0, infotext);
    [first, then].forEach((mock) => mock.mock.resetCalls());
  }
});

test('without a moment the refiner draws everything', async () => {
  const alone = await draw({}, second);
  for (const sampler of ['Euler', 'DDIM', 'DPM++ 2M']) {
    const { image, infotext } = await draw({ sampler, refiner: { model: second } });
    assert.deepEqual(image, (await draw({ sampler }, second)).image);
    assert.match(infotext, /Refiner: second \[0123456789\](?!, Refiner switch at)/);
  }
  assert.notDeepEqual(alone.image, (await draw({})).image);
});

test('steps are counted instead of noise where a setting asks for it', async (t) => {
  const { mock } = t.mock.method(partsOf(second).networks, 'network');
  const samplerOptions = { refiner_switch_by_sample_steps: true };
  // The last of the Karras levels are nearly clean: by noise it would have taken over sooner.
  const karras = { scheduler: 'Karras', refiner: { model: second, switchAt: 0.75 } };
  const { infotext } = await draw({ ...karras, samplerOptions });
  assert.equal(mock.callCount(), 1);
  assert.match(infotext, /Refiner switch by sampling steps: True, Refiner: second/);
  mock.resetCalls();
  await draw(karras);
  assert.equal(mock.callCount(), 2);
});

test('each batch begins with the first model again', async (t) => {
  const { mock } = t.mock.method(partsOf(base).networks, 'network');
  await draw({ batchCount: 2, refiner: { model: second, switchAt: 0.5 } });
  assert.equal(mock.callCount(), 4);
});

test('a model that is its own refiner is drawn with as usual', async () => {
  const { image, infotext } = await draw({ refiner: { model: base, switchAt: 0.5 } });
  assert.deepEqual(image, (await draw({})).image);
  assert.doesNotMatch(infotext, /Refiner/);
});

test('other latents and moments out of range are refused', async () => {
  await refused({ model: quarter }, /^refiner\.model: /);
  await refused({ model: second, switchAt: 1.5 }, /^refiner\.switchAt: /);
});

async function refused(refiner: TextToImageRequest['refiner'], message: RegExp): Promise<void> {
  await assert.rejects(draw({ refiner }), (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, 'request.invalid');
    assert.match(error.message, message);
    return true;
  });
}
