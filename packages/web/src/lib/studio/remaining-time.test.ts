import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsLeft } from './remaining-time.ts';

const progress = { step: 2, steps: 4, fraction: 0.5, secondsRemaining: 10 };

test('it counts down between two reports', () => {
  assert.equal(secondsLeft(progress, 1000, 1000), 10);
  assert.equal(secondsLeft(progress, 1000, 4500), 6.5);
});

test('an estimate that is used up says nothing more', () => {
  assert.equal(secondsLeft(progress, 0, 10_000), undefined);
  assert.equal(secondsLeft(progress, 0, 60_000), undefined);
});

test('before the first step, and without a usable number, nothing is said', () => {
  assert.equal(secondsLeft(undefined, 0, 0), undefined);
  assert.equal(secondsLeft({ ...progress, step: 0 }, 0, 0), undefined);
  assert.equal(secondsLeft({ ...progress, secondsRemaining: Number.NaN }, 0, 0), undefined);
});

test('a clock that goes back adds nothing', () => {
  assert.equal(secondsLeft(progress, 5000, 1000), 10);
});
