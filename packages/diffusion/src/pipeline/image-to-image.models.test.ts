/** Pictures drawn from a picture against A1111's, with tiny checkpoints; `facts/e2e.json` says which and how. */
import { collect, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Model, RgbImage } from '../api.ts';
import { stackRows, rowOf } from '../denoiser/rows.ts';
import type { Tensor } from '../tensor.ts';
import { encodePicture } from './picture/encode-picture.ts';
import { imageToImage } from './image-to-image.ts';
import { loadModel, partsOf } from './load-model.ts';

type Case = {
  readonly name: string;
  readonly model: string;
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly cfg_scale: number;
  readonly width: number;
  readonly height: number;
  readonly seeds: readonly number[];
  readonly prompt: string;
  readonly negative_prompt: string;
  readonly clip_skip: number;
  readonly denoise: number;
  readonly init_image: string;
  readonly mask?: string;
  readonly model_calls: number;
};

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/e2e.json'), 'utf8')) as {
  cases: readonly Case[];
};
const tensors = readTensors(join(modelsFolder, 'facts/e2e.safetensors'));
const { models } = readRawFacts();

const opened = new Map<string, Promise<Model>>();
after(async () => {
  for (const model of opened.values()) await (await model).dispose();
});

function open({ model: file }: Case): Promise<Model> {
  const { unet, clip_l: text } = models['sd1-tiny'];
  const overrides = { unetHeads: unet.num_heads, textHeads: text?.heads };
  const loading =
    opened.get(file) ?? loadModel(join(modelsFolder, 'models', file), { threads: 1, overrides });
  opened.set(file, loading);
  return loading;
}

function tensorOf(name: string): Tensor {
  const found = tensors.get(name);
  assert.ok(found, `${name} is in the facts`);
  return found;
}

/** A fact's bytes as a picture; grey ones have equal colours. */
function pictureOf(name: string): RgbImage {
  const { shape, data } = tensorOf(name);
  const colours = shape.length === 2 ? [...data].flatMap((grey) => [grey, grey, grey]) : data;
  return { width: shape[1], height: shape[0], data: Uint8Array.from(colours) };
}

for (const c of cases.filter(({ model, ...rest }) => 'init_image' in rest && /^sd1-tiny\..*/.test(model))) {
  test(`${c.name} has the latents and the picture of A1111`, async (t) => {
    const model = await open(c);
    const parts = partsOf(model);
    const decode = t.mock.method(parts, 'decode');
    const network = t.mock.method(parts.networks, 'network');
    const image = pictureOf(c.init_image);
    const mask = c.mask === undefined ? undefined : pictureOf(c.mask);
    const drawing = imageToImage(model, {
      prompt: c.prompt,
      negativePrompt: c.negative_prompt,
      width: c.width,
      height: c.height,
      steps: c.steps,
      sampler: c.sampler,
      scheduler: c.scheduler,
      cfgScale: c.cfg_scale,
      seed: c.seeds[0],
      clipSkip: c.clip_skip,
      images: [image],
      strength: c.denoise,
      mask: mask && { image: mask, blur: 0 },
    });
    const events = await collect(drawing);
    const latents = decode.mock.calls.map(({ arguments: [given] }) => rowOf(given, 0));
    assert.equal(network.mock.callCount(), c.model_calls);
    assertWithin(stackRows(latents), tensorOf(`${c.name}/latent`), 2e-3);

    const pixels = tensors.get(`${c.name}/pixels`)?.data;
    const drawn = events.find((event) => event.type === 'picture');
    assert.ok(drawn);
    if (pixels) assertNear(drawn.image, pixels, image, mask);
  });

  test(`${c.name} starts from the latents of A1111`, async () => {
    const { networks, family } = partsOf(await open(c));
    const latents = await encodePicture(pictureOf(c.init_image), networks.encoder, family.latentScale);
    assertWithin(stackRows([latents]), tensorOf(`${c.name}/init_latent`), 1e-4);
  });
}

function assertWithin(actual: Tensor, expected: Tensor, tolerance: number): void {
  assert.deepEqual(actual.shape, expected.shape);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.data[i])), 0);
  assert.ok(worst <= tolerance * largest, `${worst / largest} off, relative to the largest element`);
}

/** The facts' own tolerance; where the mask is black they have the decoder's pixels, we the original's. */
function assertNear(actual: RgbImage, expected: Float32Array, image: RgbImage, mask?: RgbImage): void {
  const isKept = (i: number): boolean => mask !== undefined && mask.data[i] === 0;
  let far = 0;
  actual.data.forEach((value, i) => {
    if (isKept(i)) assert.equal(value, image.data[i]);
    else {
      const difference = Math.abs(value - expected[i]);
      assert.ok(difference <= 3, `value ${i} is ${difference} off`);
      if (difference > 1) far++;
    }
  });
  assert.ok(far <= 0.005 * actual.data.length, `${far} values more than 1 off`);
}
