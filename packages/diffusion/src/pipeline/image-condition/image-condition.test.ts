/** Models that see more than noisy latents, with tiny random checkpoints. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GenerationEvent, ImageToImageRequest, Model, RgbImage } from '../../api.ts';
import { imageToImage } from '../image-to-image.ts';
import { loadModel, partsOf } from '../load-model.ts';
import { textToImage } from '../text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const load = (name: string, inChannels: number): Promise<Model> =>
  loadModel(writeTinyCheckpoint(join(folder, `${name}.safetensors`), { inChannels }), { threads: 1 });
const [inpainting, edit] = [await load('inpainting', 9), await load('edit', 8)];
after(() => Promise.all([inpainting, edit].map((model) => model.dispose())));

const words = { prompt: 'a cat', steps: 2, seed: 5, sampler: 'Euler' };
const still = filled((x, y) => (x * 7 + y * 3) % 256);
const leftHalf = filled((x) => (x < 16 ? 255 : 0));

function filled(value: (x: number, y: number) => number): RgbImage {
  const [width, height] = [32, 24];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    value(Math.floor(i / 3) % width, Math.floor(i / 3 / width)),
  );
  return { width, height, data };
}

type Picture = Extract<GenerationEvent, { type: 'picture' }>;
async function redraw(model: Model, changes: Partial<ImageToImageRequest>): Promise<Picture> {
  const events = await collect(imageToImage(model, { ...words, images: [still], ...changes }));
  return events.find((event) => event.type === 'picture')!;
}

test('an inpainting model sees the mask and the picture with its masked part in grey', async (t) => {
  const network = t.mock.method(partsOf(inpainting).networks, 'network');
  const encoder = t.mock.method(partsOf(inpainting).networks, 'encoder');
  const mask = { image: leftHalf, blur: 0 };
  const { infotext } = await redraw(inpainting, { mask });
  const [{ x }] = network.mock.calls[0].arguments;
  assert.deepEqual(x.shape, [2, 9, 3, 4]);
  assert.deepEqual([...x.data.subarray(4 * 12, 5 * 12)], [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
  const [shown] = encoder.mock.calls[1].arguments;
  assert.deepEqual([...new Set(shown.data.filter((_, i) => i % 32 < 16))].map(Math.abs), [0]);
  assert.ok(shown.data.some((value, i) => i % 32 >= 16 && value !== 0));
  assert.match(infotext, /Conditional mask weight: 1\.0/);
});

test('a weight below 1 lets the masked part be seen', async () => {
  const mask = { image: leftHalf, blur: 0 };
  const whole = await redraw(inpainting, { mask });
  const half = await redraw(inpainting, { mask, samplerOptions: { inpainting_mask_weight: 0.5 } });
  assert.notDeepEqual(half.image, whole.image);
  assert.match(half.infotext, /Conditional mask weight: 0\.5/);
});

test('an inpainting model draws from words as if everything were masked', async (t) => {
  const { mock } = t.mock.method(partsOf(inpainting).networks, 'network');
  await collect(textToImage(inpainting, { ...words, width: 32, height: 24, batchSize: 2 }));
  const [{ x }] = mock.calls[0].arguments;
  assert.deepEqual(x.shape, [4, 9, 3, 4]);
  for (let row = 0; row < 4; row++) {
    const masks = x.data.subarray((row * 9 + 4) * 12, (row * 9 + 5) * 12);
    assert.ok(masks.every((value) => value === 1));
  }
});

test('an edit model is guided by words and by the picture', async (t) => {
  const { mock } = t.mock.method(partsOf(edit).networks, 'network');
  const plain = await redraw(edit, { strength: 1 });
  assert.deepEqual(mock.calls[0].arguments[0].x.shape, [2, 8, 3, 4]);
  assert.doesNotMatch(plain.infotext, /Image CFG scale/);
  mock.resetCalls();
  const guided = await redraw(edit, { strength: 1, imageCfgScale: 1.5 });
  const [{ x }] = mock.calls[0].arguments;
  assert.deepEqual(x.shape, [3, 8, 3, 4]);
  assert.ok(
    x.data.subarray((2 * 8 + 4) * 12).every((value) => value === 0),
    'the last sees no picture',
  );
  assert.notDeepEqual(guided.image, plain.image);
  assert.match(guided.infotext, /CFG scale: 7\.0, Image CFG scale: 1\.5/);
});

test('an edit model without a picture is refused', async () => {
  await assert.rejects(collect(textToImage(edit, words)), {
    code: 'request.invalid',
    message: /^images: .*InstructPix2Pix/,
  });
});
