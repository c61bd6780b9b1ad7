import { seedSequence } from './seed-sequence.ts';

const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const mask128 = (1n << 128n) - 1n;
const poolSize = 4;

/**
 * NumPy's `default_rng(seed).random()`: doubles from 0 to below 1. O'Neill: "PCG: A family of simple fast
 * space-efficient statistically good algorithms for random number generation" (2014), XSL-RR with 128 bits of state.
 * @param seed 0 to 2^53 - 1.
 */
export function pcg64(seed: number): () => number {
  const words = seedSequence(seed, [], poolSize, 8);
  const pair = (at: number): bigint => (BigInt(words[at + 1]) << 32n) | BigInt(words[at]);
  const increment = ((((pair(4) << 64n) | pair(6)) << 1n) | 1n) & mask128;
  const next = (state: bigint): bigint => (state * multiplier + increment) & mask128;
  let state = next((increment + ((pair(0) << 64n) | pair(2))) & mask128);
  return () => {
    state = next(state);
    const turns = state >> 122n;
    const folded = (state >> 64n) ^ (state & 0xffff_ffff_ffff_ffffn);
    const word = BigInt.asUintN(64, (folded >> turns) | (folded << (64n - turns)));
    return Number(word >> 11n) / 2 ** 53;
  };
}
