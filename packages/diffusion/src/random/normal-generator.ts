import type { RandomSource } from '../api.ts';
import { mersenneNormals } from './mersenne-normals.ts';
import { philoxNormals } from './philox-normals.ts';

/** A seeded stream of standard normal numbers: each call draws the next `count` of them. */
export type NormalGenerator = (count: number) => Float32Array;

const generators: Readonly<Record<RandomSource, (seed: number) => NormalGenerator>> = {
  NV: philoxNormals,
  CPU: mersenneNormals,
};

/**
 * The stream of `torch.randn` on a device: CUDA ('NV') or CPU.
 * @param seed 0 to 2^53 - 1.
 */
export function normalGenerator(source: RandomSource, seed: number): NormalGenerator {
  return generators[source](seed);
}
