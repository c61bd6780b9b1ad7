/** Properties of noise that no list of numbers shows. */
import { assertClose } from '@bottega/testing';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RandomSource } from '../api.ts';
import { brownianTree } from './brownian-tree.ts';
import { imageNoise } from './image-noise.ts';
import type { LatentShape } from './image-noise.ts';
import { normalGenerator } from './normal-generator.ts';

const sources = fc.constantFrom<RandomSource>('NV', 'CPU');
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const shape: LatentShape = [4, 3, 5];

test('a picture of a batch has the noise of the same picture alone', () => {
  fc.assert(
    fc.property(sources, fc.array(seeds, { minLength: 1, maxLength: 3 }), (source, list) => {
      const options = { source, shape, subseedStrength: 0.3, etaNoiseSeedDelta: 7 };
      const batch = imageNoise({ ...options, seeds: list, subseeds: list.map((seed) => seed + 1) });
      const singles = list.map((seed) => imageNoise({ ...options, seeds: [seed], subseeds: [seed + 1] }));
      for (let step = 0; step < 2; step++) {
        assert.deepEqual(
          [...batch().data],
          singles.flatMap((noise) => [...noise().data]),
        );
      }
    }),
    { numRuns: 30 },
  );
});

test('normal numbers have mean 0 and variance 1', () => {
  for (const source of ['NV', 'CPU'] as const) {
    const values = normalGenerator(source, 3)(100_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.02, `${source}: ${mean}, ${variance}`);
  }
});

test('a picture beyond the list of variation seeds varies by seed 0', () => {
  const options = { source: 'NV', shape, seeds: [1], subseedStrength: 0.5 } as const;
  const [alone, listed] = [
    imageNoise({ ...options, subseeds: [] }),
    imageNoise({ ...options, subseeds: [0] }),
  ];
  assert.deepEqual(alone().data, listed().data);
});

test('what a Brownian path gains in two pieces is what it gains in the whole', () => {
  const time = fc.double({ min: 0.03, max: 14.6, noNaN: true });
  fc.assert(
    fc.property(sources, fc.tuple(time, time, time), (source, times) => {
      const [a, b, c] = times.toSorted((x, y) => x - y);
      const gain = brownianTree(source, 5, 20, 0.03, 14.6);
      const [first, second] = [gain(a, b), gain(b, c)];
      assertClose(
        gain(a, c),
        first.map((value, i) => value + second[i]),
        1e-4,
      );
    }),
    { numRuns: 30 },
  );
});

test('times outside a Brownian path count as its ends', () => {
  const gain = brownianTree('NV', 5, 8, 1, 2);
  assert.deepEqual(gain(-3, 9), gain(1, 2));
  assert.deepEqual(
    [...gain(5, 9)],
    Array.from({ length: 8 }, () => 0),
  );
  assert.deepEqual(gain(1, 1.0078125), gain(1, 1.007812), 'ties round to even');
});
