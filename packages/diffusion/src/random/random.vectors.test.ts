/** Noise against A1111's and PyTorch's own (test-data/vectors/rng.json). */
import { assertClose, readVectors } from '@bottega/testing';
import { test } from 'node:test';
import type { RandomSource } from '../api.ts';
import { sizeOf, tensor } from '../tensor.ts';
import { imageNoise } from './image-noise.ts';
import type { LatentShape } from './image-noise.ts';
import { normalGenerator } from './normal-generator.ts';
import { slerp } from './slerp.ts';

type Stream = {
  readonly seed: number;
  readonly calls: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
};
type ImageCase = {
  readonly source: RandomSource;
  readonly shape: LatentShape;
  readonly seeds: readonly number[];
  readonly subseeds: readonly number[] | null;
  readonly subseed_strength: number;
  readonly seed_resize_from_h: number;
  readonly seed_resize_from_w: number;
  readonly eta_noise_seed_delta: number;
  readonly next_calls: readonly (readonly number[])[];
};
const vectors = readVectors<{
  readonly nv: readonly Stream[];
  readonly cpu: readonly Stream[];
  readonly image_rng: readonly ImageCase[];
  readonly slerp: readonly { readonly val: number; readonly result: readonly number[] }[];
}>('rng');

for (const [source, streams] of [
  ['NV', vectors.nv],
  ['CPU', vectors.cpu],
] as const) {
  for (const { seed, calls } of streams) {
    test(`${source} noise of seed ${seed}`, () => {
      const generator = normalGenerator(source, seed);
      calls.forEach((call, i) => assertClose(generator(sizeOf(call.shape)), call.values, 1e-6, `call ${i}`));
    });
  }
}

for (const { next_calls: calls, ...c } of vectors.image_rng) {
  test(`noise of a batch: ${JSON.stringify(c)}`, () => {
    const resized = c.seed_resize_from_h > 0 && c.seed_resize_from_w > 0;
    const noise = imageNoise({
      source: c.source,
      shape: c.shape,
      seeds: c.seeds,
      subseeds: c.subseeds ?? undefined,
      subseedStrength: c.subseed_strength,
      resizeFrom: resized
        ? { height: Math.floor(c.seed_resize_from_h / 8), width: Math.floor(c.seed_resize_from_w / 8) }
        : undefined,
      etaNoiseSeedDelta: c.eta_noise_seed_delta,
    });
    calls.forEach((expected, i) => assertClose(noise().data, expected, 1e-6, `call ${i}`));
  });
}

for (const { val, result } of vectors.slerp) {
  test(`slerp at ${val}`, () => {
    const shape = [4, 3, 5];
    const low = tensor(shape, normalGenerator('NV', 1)(60));
    const high = tensor(shape, normalGenerator('NV', 2)(60));
    assertClose(slerp(val, low, high).data, result, 1e-6);
  });
}
