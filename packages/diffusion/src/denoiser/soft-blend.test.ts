import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { softBlend } from './soft-blend.ts';

const settings = { scheduleBias: 1, preservationStrength: 0.5, transitionContrastBoost: 4 };
const original = tensor([1, 2, 1, 3], Float32Array.of(3, 3, 3, 4, 4, 4));
const x = tensor([1, 2, 1, 3], Float32Array.of(-1, -1, -1, 0, 0, 0));
const keep = tensor([1, 3], Float32Array.of(0, 0.75, 1));

function near(actual: ArrayLike<number>, expected: readonly number[]): void {
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i] - value) < 1e-4, `${i}: ${actual[i]}, ${value}`),
  );
}

test('white is drawn and black is kept, whatever the level', () => {
  for (const level of [0.03, 1, 14]) {
    const { data } = softBlend(x, original, keep, level, settings);
    near([data[0], data[3], data[2], data[5]], [-1, 0, 3, 4]);
  }
});

/** By hand: a quarter of white at level 2 is (1/4)^(2 * 0.5) = 1/4; at level 1 it is its root, 1/2. */
for (const [level, share] of [
  [2, 0.25],
  [1, 0.5],
] as const) {
  test(`grey at level ${level}: ${share} of the direction, and the fourth powers of the lengths`, () => {
    const { data } = softBlend(x, original, keep, level, settings);
    const mixed = [3 * (1 - share) - share, 4 * (1 - share)];
    const length = (5 ** 4 * (1 - share) + share) ** 0.25;
    const factor = length / (Math.hypot(...mixed) + 1e-5);
    near(
      [data[1], data[4]],
      mixed.map((value) => value * factor),
    );
  });
}

test('without noise grey is drawn like white', () => {
  const { data } = softBlend(x, original, keep, 0, settings);
  near([data[1], data[4]], [-1, 0]);
});
