/** Seeds of all the pictures of a job, as A1111 counts them. */
import { randomInt } from 'node:crypto';

export type Seeds = {
  readonly seed: number;
  readonly subseed: number;
  readonly strength: number;
};

/** Draws what is open; A1111 draws below 2^32 - 2. */
export function drawSeeds(seed: number, subseed: number, strength: number): Seeds {
  return { seed: drawn(seed), subseed: drawn(subseed), strength };
}

function drawn(value: number): number {
  return value < 0 ? randomInt(4294967294) : value;
}

/** The seeds of picture `index`: the variation seed always counts, the seed only without variation. */
export function seedsOf({ seed, subseed, strength }: Seeds, index: number): Seeds {
  return { seed: strength === 0 ? seed + index : seed, subseed: subseed + index, strength };
}
