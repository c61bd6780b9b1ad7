/**
 * MT19937. Matsumoto, Nishimura: "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random
 * number generator" (1998).
 */

const n = 624;
const m = 397;

/** A stream of unsigned 32-bit words from a seed, of which the low 32 bits count. */
export function mersenneTwister(seed: number): () => number {
  return wordsFrom(seeded(seed));
}

/** The same from several words (init_by_array of the authors' program), as Python seeds its own. */
export function mersenneTwisterOf(words: readonly number[]): () => number {
  const state = seeded(19650218);
  let i = 1;
  const mix = (factor: number, add: number): void => {
    const before = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = (state[i] ^ Math.imul(before, factor)) + add;
    if (++i === n) {
      state[0] = state[n - 1];
      i = 1;
    }
  };
  for (let k = 0; k < Math.max(n, words.length); k++) {
    const j = k % words.length;
    mix(1664525, words[j] + j);
  }
  for (let k = 1; k < n; k++) mix(1566083941, -i);
  state[0] = 0x80000000;
  return wordsFrom(state);
}

function seeded(seed: number): Uint32Array {
  const state = new Uint32Array(n);
  state[0] = seed % 2 ** 32;
  for (let i = 1; i < n; i++) {
    const previous = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  return state;
}

function wordsFrom(state: Uint32Array): () => number {
  let position = n;
  return () => {
    if (position === n) {
      twist(state);
      position = 0;
    }
    let y = state[position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const y = (state[i] & 0x80000000) | (state[(i + 1) % n] & 0x7fffffff);
    state[i] = state[(i + m) % n] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}
