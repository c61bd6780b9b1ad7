import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeSchema, sdapi } from '@bottega/contract';
import { toRecipe } from './recipe.ts';

function recipe(request: object = {}, settings: object = {}, skippedBatches = 0) {
  const chosen = {
    model: 'tiny',
    sampler: 'Euler',
    scheduler: 'Karras',
    prompt: 'a',
    negativePrompt: 'b',
    skippedBatches,
  };
  const read = sdapi.txt2imgRequestSchema.parse({ n_iter: 3, batch_size: 2, ...request });
  const seeds = { seed: 10, subseed: 20, strength: read.subseed_strength };
  return toRecipe(read, { ...sdapi.optionDefaults, ...settings }, { ...chosen, seeds });
}

test('defaults say as little as they can, and the studio takes them', () => {
  const made = recipe();
  assert.deepEqual(made, {
    prompt: 'a',
    negativePrompt: 'b',
    model: 'tiny',
    sampler: 'Euler',
    scheduler: 'Karras',
    steps: 50,
    width: 512,
    height: 512,
    cfgScale: 7,
    seed: 10,
    batchSize: 2,
    batchCount: 3,
    clipSkip: 1,
    emphasis: 'Original',
    randomSource: 'NV',
    etaNoiseSeedDelta: 0,
    samplerOptions: {},
  });
  assert.ok(recipeSchema.safeParse(made).success);
});

test('after skipped batches the seeds go on, with a variation the variation seed does', () => {
  assert.deepEqual([recipe({}, {}, 2).seed, recipe({}, {}, 2).batchCount], [14, 1]);
  const { seed, subseed, subseedStrength } = recipe({ subseed_strength: 0.25 }, {}, 1);
  assert.deepEqual([seed, subseed, subseedStrength], [10, 22, 0.25]);
});

test('settings count, and the request above them', () => {
  const settings = { s_noise: 0.9, s_churn: 4, eta_ddim: 0.5, randn_source: 'CPU', emphasis: 'No norm' };
  const { samplerOptions, randomSource, emphasis } = recipe({ s_noise: 1, s_churn: 5, eta: 0.3 }, settings);
  assert.deepEqual(samplerOptions, { s_churn: 5, eta_ddim: 0.5, eta: 0.3 });
  assert.deepEqual([randomSource, emphasis], ['CPU', 'No norm']);
});

function mergingFromPicture(request: object, inForce: object): number | undefined {
  const read = sdapi.img2imgRequestSchema.parse({ init_images: ['x'], ...request });
  const seeds = { seed: 1, subseed: 1, strength: 0 };
  const chosen = { model: 'tiny', sampler: 'Euler', scheduler: 'Karras', prompt: '', negativePrompt: '' };
  const settings = { ...sdapi.optionDefaults, ...inForce };
  return toRecipe(read, settings, { ...chosen, seeds, skippedBatches: 0 }).tokenMerging;
}

test('tokens are merged as the settings say, for pictures by a setting of their own', () => {
  const settings = { token_merging_ratio: 0.3, token_merging_ratio_img2img: 0.5 };
  assert.equal(recipe({}, settings).tokenMerging, 0.3);
  assert.equal(recipe({}, { token_merging_ratio_img2img: 0.5 }).tokenMerging, undefined);
  assert.equal(mergingFromPicture({}, settings), 0.5);
  assert.equal(mergingFromPicture({}, { token_merging_ratio: 0.3 }), 0.3);
  const overridden = { override_settings: { token_merging_ratio: 0.3 } };
  assert.equal(mergingFromPicture(overridden, settings), 0.3, 'what the request overrides counts first');
});

test('a setting of a client that happens to be called like a field of requests does not count', () => {
  assert.deepEqual(recipe({}, { eta: 0.7, steps: 1 }).samplerOptions, {});
});

test('a seed is resized from a size only where both sides are given', () => {
  assert.equal(recipe({ seed_resize_from_w: 64, seed_resize_from_h: 0 }).seedResizeFrom, undefined);
  const { seedResizeFrom } = recipe({ seed_resize_from_w: 64, seed_resize_from_h: 96 });
  assert.deepEqual(seedResizeFrom, { width: 64, height: 96 });
});
