/** The Brownian tree against torchsde's, its seeds against NumPy's (test-data/vectors/brownian.json). */
import { assertClose, readVectors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RandomSource } from '../api.ts';
import { brownianNoise } from './brownian-noise.ts';
import type { LatentShape } from './image-noise.ts';
import { seedSequence } from './seed-sequence.ts';

const vectors = readVectors<{
  readonly brownian: readonly {
    readonly source: RandomSource;
    readonly seeds: readonly number[];
    readonly shape: LatentShape;
    readonly sigma_min: number;
    readonly sigma_max: number;
    readonly calls: readonly {
      readonly sigma: number;
      readonly sigma_next: number;
      readonly values: readonly number[];
    }[];
  }[];
  readonly seed_sequence: readonly {
    readonly entropy: number;
    readonly spawn_key: readonly number[] | null;
    readonly pool_size: number;
    readonly state_u32: readonly number[];
  }[];
}>('brownian');

for (const { calls, sigma_min: sigmaMin, sigma_max: sigmaMax, ...given } of vectors.brownian) {
  test(`Brownian noise of ${JSON.stringify(given)}`, () => {
    const noise = brownianNoise({ ...given, sigmaMin, sigmaMax });
    for (const call of calls) {
      const title = `${call.sigma} to ${call.sigma_next}`;
      assertClose(noise(call.sigma, call.sigma_next).data, call.values, 1e-5, title);
    }
  });
}

for (const { entropy, spawn_key: key, pool_size: size, state_u32: state } of vectors.seed_sequence) {
  test(`seed sequence of ${entropy}, ${JSON.stringify(key)}`, () => {
    assert.deepEqual([...seedSequence(entropy, key ?? [], size, state.length)], state);
  });
}
