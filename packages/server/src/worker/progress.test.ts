import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedRecipe } from '../db/schema.ts';
import { createWholeProgress, progressOf } from './progress.ts';

const recipe = { steps: 10, width: 64, height: 64, batchSize: 1, batchCount: 1 } as ResolvedRecipe;

function own(fraction: number, secondsRemaining: number, steps = 10) {
  return { step: fraction * steps, steps, fraction, secondsRemaining };
}

test('one drawing is the whole', () => {
  const progress = createWholeProgress([recipe], () => 0);
  progress.begin(0, 0);
  assert.deepEqual(progress.of(own(0.5, 3)), own(0.5, 3));
});

test('drawings count by their work, and what is to come takes as long as what was drawn', () => {
  let now = 0;
  const large = { ...recipe, steps: 20, width: 128 };
  const progress = createWholeProgress([recipe, recipe, large], () => now);
  progress.begin(0, 0);
  // Half of the first in one second, so two for each of its size and eight for the large one.
  now = 1000;
  assert.deepEqual(progress.of(own(0.5, 1)), {
    step: 5,
    steps: 40,
    fraction: 0.5 / 6,
    secondsRemaining: 1 + 2 + 8,
  });
  // A model was loaded in between: it counts as time that such work takes.
  now = 5000;
  progress.begin(1, 0);
  now = 6000;
  const { step, fraction, secondsRemaining } = progress.of(own(0.5, 1));
  assert.deepEqual([step, fraction], [15, 1.5 / 6]);
  assert.equal(secondsRemaining, 1 + (7 / 2) * 4);
});

test('what an earlier attempt drew counts as done, and not as time', () => {
  const progress = createWholeProgress([recipe, recipe, recipe, recipe], () => 2000);
  progress.begin(2, 0);
  const { step, steps, fraction, secondsRemaining } = progress.of(own(0.5, 1));
  assert.deepEqual([step, steps, fraction], [25, 40, 2.5 / 4]);
  assert.equal(secondsRemaining, 1 + 1);
  const started = createWholeProgress([recipe, recipe], () => 0);
  started.begin(0, 0.5);
  assert.equal(started.of(own(0.5, 1)).secondsRemaining, 1 + 2);
});

test('batches that exist count as steps that are done', () => {
  const remaining = { request: {} as never, skipped: 2, batches: 4, remainingBatches: 2 };
  const progress = progressOf({ step: 5, steps: 20, fraction: 0.25, secondsRemaining: 3 }, remaining);
  assert.deepEqual(progress, { step: 25, steps: 40, fraction: 0.625, secondsRemaining: 3 });
});
