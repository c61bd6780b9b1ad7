import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import type { Condition, Conditioning } from './condition.ts';
import { padConditions } from './pad-conditions.ts';

/** Tokens of two numbers each, which count on from `first`. */
function condition(tokens: number, first: number): Condition {
  return {
    context: tensor(
      [tokens, 2],
      Float32Array.from({ length: 2 * tokens }, (_, i) => first + i),
    ),
  };
}

const emptyText = tensor([2, 2], Float32Array.of(-1, -2, -3, -4));

function conditioning(positive: readonly number[], negative: number): Conditioning {
  const parts = positive.map((tokens, index) => ({
    condition: condition(tokens, 100 * (index + 1)),
    weight: index + 1,
  }));
  return { positive: [parts, parts], negative: [condition(negative, 0), condition(negative, 0)] };
}

const numbers = ({ context }: Condition): number[] => [...context.data];

test('prompts of one length stay as they are', () => {
  const given = conditioning([2, 2], 2);
  for (const padding of ['last token', { emptyText }] as const) {
    assert.equal(padConditions(given, padding), given);
  }
});

test('the shorter side gets empty texts at its end, whichever it is', () => {
  const short = padConditions(conditioning([4], 2), { emptyText });
  assert.deepEqual(numbers(short.negative[1]), [0, 1, 2, 3, -1, -2, -3, -4]);
  assert.deepEqual(numbers(short.positive[1][0].condition), [100, 101, 102, 103, 104, 105, 106, 107]);
  const long = padConditions(conditioning([2], 6), { emptyText });
  assert.deepEqual(
    numbers(long.positive[0][0].condition),
    [100, 101, 102, 103, -1, -2, -3, -4, -1, -2, -3, -4],
  );
  assert.deepEqual(numbers(long.negative[0]), numbers(condition(6, 0)));
  assert.deepEqual([short.extras, long.extras], [{ 'Pad conds': true }, { 'Pad conds': true }]);
});

test('the old way changes the negative prompt only: its last token is repeated, or its end is lost', () => {
  const short = padConditions(conditioning([3], 1), 'last token');
  assert.deepEqual(numbers(short.negative[0]), [0, 1, 0, 1, 0, 1]);
  const long = padConditions(conditioning([2], 3), 'last token');
  assert.deepEqual(numbers(long.negative[0]), [0, 1, 2, 3]);
  assert.deepEqual(numbers(long.positive[0][0].condition), [100, 101, 102, 103]);
  assert.deepEqual(long.extras, { 'Pad conds v0': true });
});

test('prompts joined by AND first become as long as the longest of them, and keep weights', () => {
  const { positive, negative } = padConditions(conditioning([2, 1], 4), { emptyText });
  assert.deepEqual(
    positive[0].map(({ weight }) => weight),
    [1, 2],
  );
  assert.deepEqual(numbers(positive[0][1].condition), [200, 201, 200, 201, -1, -2, -3, -4]);
  assert.equal(negative.length, 2);
});
