import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleModel } from '../samples.ts';
import { emptyDraft, type Draft } from './draft.ts';
import { restoreDraft, saveDraft } from './saved-draft.ts';

const models = [sampleModel('one', { isDefault: true }), sampleModel('two')];
const kept: Draft = {
  ...emptyDraft(models[1]),
  prompt: 'קסם ✨',
  seed: 5,
  steps: 31,
  extras: { clipSkip: 2 },
};

test('what was kept comes back', () => {
  assert.deepEqual(restoreDraft(saveDraft(kept), models), kept);
});

for (const text of [null, '', '{', 'null', '[]', '7', '"x"']) {
  test(`${text} gives an empty form`, () => {
    assert.deepEqual(restoreDraft(text, models), emptyDraft(models[0]));
  });
}

test('a model that is gone gives way to the default', () => {
  const draft = restoreDraft(saveDraft(kept), [models[0]]);
  assert.deepEqual([draft.model, draft.prompt], ['one', 'קסם ✨']);
});

test('fields of an unexpected type or name are dropped', () => {
  const text = JSON.stringify({
    ...kept,
    steps: '31',
    prompt: 3,
    evil: true,
    extras: { evil: 1, clipSkip: 2 },
  });
  const draft = restoreDraft(text, models);
  assert.deepEqual([draft.steps, draft.prompt, draft.extras], [20, '', { clipSkip: 2 }]);
  assert.equal('evil' in draft, false);
});

test('an empty seed stays empty, an empty number takes the default', () => {
  const draft = restoreDraft(saveDraft({ ...kept, seed: null, width: null }), models);
  assert.deepEqual([draft.seed, draft.width], [null, 512]);
});
