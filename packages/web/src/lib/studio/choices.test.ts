import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleChoices, sampleModel } from '../samples.ts';
import { findModel, inOfferedNames, withOfferedDefaults } from './choices.ts';

const models = [sampleModel('Tiny'), sampleModel('other', { sha256: 'f'.repeat(64) })];

for (const [text, found] of [
  ['tiny', 'Tiny'],
  ['Tiny.safetensors', 'Tiny'],
  ['tiny.safetensors [0123456789]', 'Tiny'],
  ['FFFFFFFFFF', 'other'],
  ['ff', undefined],
  ['', undefined],
] as const) {
  test(`"${text}" means ${found ?? 'no model'}`, () => assert.equal(findModel(models, text)?.name, found));
}

test('aliases and names become what the lists show', () => {
  const recipe = inOfferedNames(
    { sampler: 'k_euler_a', scheduler: 'sgm_uniform', model: 'TINY' },
    models,
    sampleChoices,
  );
  assert.deepEqual(recipe, { sampler: 'Euler a', scheduler: 'SGM Uniform', model: 'Tiny' });
});

test('what is not offered stays visible, but a missing model is left open', () => {
  const recipe = inOfferedNames({ sampler: 'LMS', scheduler: 'Turbo', model: 'gone' }, models, sampleChoices);
  assert.deepEqual(recipe, { sampler: 'LMS', scheduler: 'Turbo', model: undefined });
});

test("a model's defaults are in the lists' names", () => {
  const [model] = withOfferedDefaults(
    [
      sampleModel('m', {
        defaults: { ...models[0].defaults, sampler: 'k_dpmpp_2m', scheduler: 'automatic' },
      }),
    ],
    sampleChoices,
  );
  assert.deepEqual([model.defaults.sampler, model.defaults.scheduler], ['DPM++ 2M', 'Automatic']);
});
