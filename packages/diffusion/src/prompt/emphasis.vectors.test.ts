import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EmphasisMode } from '../api.ts';
import { tensor } from '../tensor.ts';
import { applyEmphasis } from './emphasis.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type EmphasisCase = {
  shape: number[];
  z: number[];
  multipliers: number[][];
  results: Record<EmphasisMode, number[] | 'unchanged'>;
};
const { cases } = JSON.parse(readFileSync(join(folder, 'emphasis.json'), 'utf8')) as {
  cases: EmphasisCase[];
};

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
