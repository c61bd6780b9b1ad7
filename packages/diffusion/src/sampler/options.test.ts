import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultOptions, readSamplerOptions } from './options.ts';

test('missing and null options have A1111’s defaults, unknown ones are ignored', () => {
  assert.deepEqual(readSamplerOptions({ s_churn: null, colour: 'red' }), defaultOptions);
  assert.equal(defaultOptions.etaAncestral, 1);
  assert.equal(defaultOptions.etaDdim, 0);
  assert.equal(defaultOptions.eta, undefined);
  assert.equal(defaultOptions.uniPcOrder, 3);
});

test('given options are read by A1111’s names', () => {
  const options = readSamplerOptions({
    eta: 0.5,
    s_noise: 1.01,
    uni_pc_variant: 'bh2',
    s_min_uncond_all: true,
  });
  assert.equal(options.eta, 0.5);
  assert.equal(options.sNoise, 1.01);
  assert.equal(options.uniPcVariant, 'bh2');
  assert.equal(options.sMinUncondAll, true);
});

test('values of the wrong type or out of range are refused by name', () => {
  for (const [name, value] of [
    ['s_churn', 'much'],
    ['s_churn', -1],
    ['s_noise', Number.NaN],
    ['eta', Infinity],
    ['uni_pc_variant', 'bh9'],
    ['uni_pc_order', 2.5],
    ['s_min_uncond_all', 1],
    ['skip_early_cond', 1.5],
  ] as const) {
    assert.throws(() => readSamplerOptions({ [name]: value }), {
      code: 'request.invalid',
      message: new RegExp(`^${name}: `),
    });
  }
});
