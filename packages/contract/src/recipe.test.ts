import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  ['tiling', 'yes'],
  ['tokenMerging', 0.95],
  ['hires', { tokenMerging: -0.1 }],
  ['start', { images: [] }],
  ['start', { images: ['../../etc/passwd'] }],
  ['start', { images: ['a'.repeat(64)], strength: 1.1 }],
  ['start', { images: ['a'.repeat(64)], mask: { image: 'a'.repeat(64), blur: -1 } }],
  ['hires', { scale: 0 }],
  ['hires', { width: 16_392 }],
] as const) {
  test(`${field} = ${JSON.stringify(value)} is refused and named`, () => {
    const result = recipeSchema.safeParse({ [field]: value });
    assert.equal(result.success, false);
    assert.match(JSON.stringify(result.error?.issues), new RegExp(field));
  });
}

test('the recipes of the guide are recipes', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/models.md'), 'utf8');
  const examples = [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text]) => JSON.parse(text) as unknown,
  );
  assert.ok(examples.length > 0);
  for (const example of examples)
    assert.deepEqual(recipeSchema.parse(example), { ...recipeSchema.parse({}), ...(example as object) });
});
