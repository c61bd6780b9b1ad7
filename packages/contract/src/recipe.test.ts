import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeSchema } from './recipe.ts';

test('an empty recipe is complete', () => {
  assert.deepEqual(recipeSchema.parse({}), {
    prompt: '',
    negativePrompt: '',
    seed: -1,
    batchSize: 1,
    batchCount: 1,
  });
});

for (const [field, value] of [
  ['steps', 0],
  ['steps', -1],
  ['steps', 1e9],
  ['steps', 1.5],
  ['steps', 'twenty'],
  ['width', 1],
  ['height', 1_000_000],
  ['cfgScale', Number.NaN],
  ['seed', 2 ** 53 + 1],
  ['seed', -2],
  ['unknown', 1],
] as const) {
  test(`${field} = ${value} is refused and named`, () => {
    const result = recipeSchema.safeParse({ [field]: value });
    assert.equal(result.success, false);
    assert.match(JSON.stringify(result.error?.issues), new RegExp(field));
  });
}
