import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeSchema } from '@bottega/contract';
import { sampleModel } from '../samples.ts';
import {
  emptyDraft,
  firstModel,
  pictureCount,
  recipeOfPicture,
  toRecipe,
  withModel,
  withRecipe,
} from './draft.ts';

const small = sampleModel('small', {
  defaults: { steps: 8, cfgScale: 4, sampler: 'Euler a', scheduler: 'Automatic', width: 64, height: 64 },
});
const large = sampleModel('large', { isDefault: true });

test('the form starts with the default model and its defaults', () => {
  const draft = emptyDraft(firstModel([small, large]));
  assert.deepEqual([draft.model, draft.steps, draft.width, draft.seed], ['large', 20, 512, null]);
});

test('a model that cannot be used is not started with', () => {
  assert.equal(
    firstModel([sampleModel('broken', { isDefault: true, problem: 'torn' }), small])?.name,
    'small',
  );
  assert.equal(firstModel([]), undefined);
});

test('another model brings its defaults, but not over what was chosen', () => {
  const chosen = { ...emptyDraft(large), steps: 33, prompt: 'x' };
  const draft = withModel(chosen, large, small);
  assert.deepEqual(
    [draft.model, draft.steps, draft.cfgScale, draft.sampler, draft.width, draft.height, draft.prompt],
    ['small', 33, 4, 'Euler a', 64, 64, 'x'],
  );
});

test('a size of which one side was chosen is kept whole', () => {
  const draft = withModel({ ...emptyDraft(large), height: 768 }, large, small);
  assert.deepEqual([draft.width, draft.height], [512, 768]);
});

test('what is sent satisfies the contract; an empty seed is a random one', () => {
  const recipe = recipeSchema.parse(toRecipe({ ...emptyDraft(small), prompt: 'an apple' }));
  assert.deepEqual([recipe.prompt, recipe.seed, recipe.model, recipe.steps], ['an apple', -1, 'small', 8]);
});

test('a recipe fills the form and comes back unchanged', () => {
  const recipe = recipeSchema.parse({
    prompt: 'a pear',
    negativePrompt: 'text',
    model: 'small',
    sampler: 'Euler a',
    scheduler: 'Automatic',
    steps: 12,
    width: 128,
    height: 64,
    cfgScale: 5.5,
    seed: 42,
    batchSize: 2,
    batchCount: 3,
    clipSkip: 2,
    subseed: 9,
    subseedStrength: 0.25,
  });
  const draft = withRecipe(emptyDraft(large), recipe);
  assert.deepEqual(recipeSchema.parse(toRecipe(draft)), recipe);
  assert.equal(pictureCount(draft), 6);
});

test('what a recipe leaves open stays, but a prompt without a negative one clears the old', () => {
  const draft = { ...emptyDraft(small), prompt: 'old', negativePrompt: 'old', steps: 9 };
  const filled = withRecipe(draft, { prompt: 'new' });
  assert.deepEqual([filled.prompt, filled.negativePrompt, filled.steps], ['new', '', 9]);
  assert.equal(withRecipe(draft, { steps: 3 }).negativePrompt, 'old');
});

test('parts at their usual value are not shown as something special', () => {
  const { extras } = withRecipe(emptyDraft(small), {
    clipSkip: 1,
    randomSource: 'NV',
    subseed: 5,
    subseedStrength: 0,
    etaNoiseSeedDelta: 31337,
  });
  assert.deepEqual(extras, { etaNoiseSeedDelta: 31337 });
});

test('the recipe of one picture of a batch is its own seed, alone', () => {
  const recipe = recipeSchema.parse({ seed: 10, batchSize: 4, batchCount: 2 });
  const { seed, batchSize, batchCount } = recipeOfPicture(recipe, 13);
  assert.deepEqual([seed, batchSize, batchCount], [13, 1, 1]);
});
