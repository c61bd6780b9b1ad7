import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ResolvedRecipe } from '../db/schema.ts';
import { remainingRequest } from './request.ts';

const recipe: ResolvedRecipe = {
  prompt: 'x',
  negativePrompt: '',
  model: 'm',
  sampler: 'Euler',
  scheduler: 'Automatic',
  steps: 4,
  width: 64,
  height: 64,
  cfgScale: 7,
  seed: 100,
  batchSize: 2,
  batchCount: 3,
};

test('nothing stored: the whole order, without the model', () => {
  const remaining = remainingRequest(recipe, new Set());
  assert.deepEqual([remaining?.skipped, remaining?.request.seed, remaining?.request.batchCount], [0, 100, 3]);
  assert.ok(!('model' in (remaining?.request ?? {})));
});

test('a batch of which a part is stored is drawn again', () => {
  const remaining = remainingRequest(recipe, new Set([0, 1, 2]));
  assert.deepEqual([remaining?.skipped, remaining?.request.seed, remaining?.request.batchCount], [2, 102, 2]);
});

test('with a variation the seed stays and the subseed moves', () => {
  const varied = { ...recipe, subseed: 7, subseedStrength: 0.5 };
  const { request } = remainingRequest(varied, new Set([0, 1])) ?? {};
  assert.deepEqual([request?.seed, request?.subseed], [100, 9]);
});

test('all stored: nothing is left', () => {
  assert.equal(remainingRequest(recipe, new Set([0, 1, 2, 3, 4, 5])), undefined);
});

test('what is left and what is stored together have every seed, whatever is stored', () => {
  const sizes = { batchSize: fc.integer({ min: 1, max: 4 }), batchCount: fc.integer({ min: 1, max: 6 }) };
  fc.assert(
    fc.property(fc.record(sizes), fc.uniqueArray(fc.nat(23)), (size, indices) => {
      const all = size.batchSize * size.batchCount;
      const stored = new Set(indices.filter((index) => index < all));
      const remaining = remainingRequest({ ...recipe, ...size }, stored);
      const from = remaining?.skipped ?? all;
      const { seed = 0, batchCount = 0 } = remaining?.request ?? {};
      const drawn = Array.from({ length: batchCount * size.batchSize }, (_, k) => seed + k);
      assert.deepEqual(
        drawn,
        Array.from({ length: all - from }, (_, k) => 100 + from + k),
      );
      for (let index = 0; index < from; index++) assert.ok(stored.has(index));
    }),
  );
});
