import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeSchema } from '@bottega/contract';
import { sampleModel } from '../samples.ts';
import { checkDraft, fieldOf, limits, promptLimit, type NumberField } from './draft-errors.ts';
import { emptyDraft, toRecipe, type Draft } from './draft.ts';

const good: Draft = emptyDraft(sampleModel('tiny'));

test('a fresh form can be sent', () => {
  assert.deepEqual(checkDraft(good), {});
});

for (const field of Object.keys(limits) as NumberField[]) {
  const { min, max, whole } = limits[field];
  test(`the limits of ${field} are the contract's`, () => {
    for (const value of [min, max, min - 1, max + 1, min + 0.5]) {
      const draft = { ...good, [field]: value };
      const ours = Object.keys(checkDraft(draft)).length === 0;
      assert.equal(ours, recipeSchema.safeParse(toRecipe(draft)).success, `${field} = ${value}`);
    }
  });
  test(`${field} says what is wrong with it`, () => {
    assert.deepEqual(checkDraft({ ...good, [field]: max + 1 })[field], { kind: 'range', min, max });
    if (whole) assert.deepEqual(checkDraft({ ...good, [field]: min + 0.5 })[field], { kind: 'whole' });
    if (field !== 'seed')
      assert.deepEqual(checkDraft({ ...good, [field]: null })[field], { kind: 'missing' });
  });
}

test('a prompt may be as long as the contract allows', () => {
  assert.deepEqual(checkDraft({ ...good, prompt: 'a'.repeat(promptLimit) }), {});
  const long = { ...good, prompt: 'a'.repeat(promptLimit + 1) };
  assert.equal(checkDraft(long).prompt?.kind, 'long');
  assert.equal(recipeSchema.safeParse(toRecipe(long)).success, false);
});

test('without a model nothing is sent', () => {
  assert.deepEqual(checkDraft({ ...good, model: '' }).model, { kind: 'no-model' });
});

test("a server's field is found in the form", () => {
  assert.equal(fieldOf('steps'), 'steps');
  assert.equal(fieldOf('recipe.width'), 'width');
  assert.equal(fieldOf('samplerOptions.rho'), undefined);
  assert.equal(fieldOf(undefined), undefined);
});
