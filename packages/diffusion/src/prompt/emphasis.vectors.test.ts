import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import type { EmphasisMode } from '../api.ts';
import { tensor } from '../tensor.ts';
import { applyEmphasis } from './emphasis.ts';

type EmphasisCase = {
  shape: number[];
  z: number[];
  multipliers: number[][];
  results: Record<EmphasisMode, number[] | 'unchanged'>;
};
const { cases } = readVectors<{ cases: EmphasisCase[] }>('emphasis');

for (const [i, { shape, z, multipliers, results }] of cases.entries()) {
  for (const [mode, expected] of Object.entries(results) as [EmphasisMode, number[] | 'unchanged'][]) {
    test(`emphasis ${mode} of case ${i}`, () => {
      const input = tensor(shape, Float32Array.from(z));
      const { data } = applyEmphasis(mode, input, multipliers);
      if (expected === 'unchanged') {
        assert.deepEqual(data, input.data);
        return;
      }
      for (const [k, value] of expected.entries()) {
        assert.ok(
          Math.abs(data[k] - value) <= 1e-5 * Math.max(1e-3, Math.abs(value)),
          `${k}: ${data[k]} ${value}`,
        );
      }
    });
  }
}
