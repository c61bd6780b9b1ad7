/** Whole pictures against A1111's, drawn with tiny checkpoints; `facts/e2e.json` says which and how. */
import { collect, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EmphasisMode, Model } from '../api.ts';
import { toImages } from '../image/pixels.ts';
import { loadModel, partsOf } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

type Case = {
  readonly name: string;
  readonly model: string;
  readonly vae?: string;
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
  readonly options?: { readonly emphasis?: EmphasisMode };
};

/** What marks a case that this pipeline does not draw: adapters, tiling, pictures to start from. */
const beyond = ['lora', 'ti', 'tiling', 'init_image'];

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/e2e.json'), 'utf8')) as {
  cases: readonly Case[];
};
const tensors = readTensors(join(modelsFolder, 'facts/e2e.safetensors'));
const { models } = readRawFacts();
const pathOf = (file: string): string => join(modelsFolder, 'models', file);

function isDrawn(c: Case): boolean {
  const isPlain = /^sd1-tiny\..*\.safetensors$/.test(c.model) && !beyond.some((key) => key in c);
  return isPlain && tensors.has(`${c.name}/latent`) && existsSync(pathOf(c.model));
}

const opened = new Map<string, Promise<Model>>();
after(async () => {
  for (const model of opened.values()) await (await model).dispose();
});

function open({ model, vae }: Case): Promise<Model> {
  const key = `${model} ${vae}`;
  const { unet, clip_l: text } = models['sd1-tiny'];
  const overrides = { unetHeads: unet.num_heads, textHeads: text?.heads };
  const loading =
    opened.get(key) ?? loadModel(pathOf(model), { threads: 1, vae: vae && pathOf(vae), overrides });
  opened.set(key, loading);
  return loading;
}

for (const c of cases.filter(isDrawn)) {
  test(`${c.name} is the picture that A1111 draws`, async () => {
    const model = await open(c);
    const drawing = textToImage(model, {
      prompt: c.prompt,
      negativePrompt: c.negative_prompt,
      width: c.width,
      height: c.height,
      steps: c.steps,
      sampler: c.sampler,
      scheduler: c.scheduler,
      cfgScale: c.cfg_scale,
      seed: c.seeds[0],
      batchSize: c.seeds.length,
      clipSkip: c.clip_skip,
      emphasis: c.options?.emphasis,
    });
    const drawn = (await collect(drawing)).filter((event) => event.type === 'picture');
    const expected = tensors.get(`${c.name}/pixels`)?.data ?? (await decoded(`${c.name}/latent`));
    assertNear(
      drawn.flatMap(({ image }) => [...image.data]),
      expected,
    );

    async function decoded(name: string): Promise<readonly number[]> {
      const latents = tensors.get(name);
      assert.ok(latents);
      const images = toImages(await partsOf(model).decode(latents), c.steps);
      return images.flatMap(({ data }) => [...data]);
    }
  });
}

/** The facts' own tolerance: at most 1 off for 99.5 % of the values, never more than 3. */
function assertNear(actual: readonly number[], expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  const differences = actual.map((value, i) => Math.abs(value - expected[i]));
  const most = differences.reduce((a, b) => Math.max(a, b), 0);
  const far = differences.filter((difference) => difference > 1).length;
  assert.ok(
    most <= 3 && far <= 0.005 * differences.length,
    `${far} values more than 1 off, the worst ${most}`,
  );
}
