/**
 * NumPy's SeedSequence: well-mixed 32-bit words from an entropy number and the place in a tree of generators.
 * O'Neill, "Developing a seed_seq alternative" (2015); numpy/random/bit_generator.pyx.
 */

const initA = 0x43b0d7e5;
const multiplierA = 0x931e8875;
const initB = 0x8b51f9dd;
const multiplierB = 0x58f38ded;
const mixLeft = 0xca01f9dd;
const mixRight = 0x4973f715;

/**
 * `SeedSequence(entropy, spawn_key, pool_size).generate_state(count)`.
 * @param entropy and every element of `spawnKey`: 0 to 2^53 - 1.
 */
export function seedSequence(
  entropy: number,
  spawnKey: readonly number[],
  poolSize: number,
  count: number,
): Uint32Array {
  const own = wordsOf(entropy);
  // Without padding, an entropy's second word and a spawn key could not be told apart.
  while (spawnKey.length > 0 && own.length < poolSize) own.push(0);
  const pool = fillPool([...own, ...spawnKey.flatMap(wordsOf)], poolSize);

  let constant = initB;
  return Uint32Array.from({ length: count }, (_, i) => {
    const mixed = pool[i % poolSize] ^ constant;
    constant = Math.imul(constant, multiplierB);
    return fold(Math.imul(mixed, constant));
  });
}

function fillPool(entropy: readonly number[], size: number): Uint32Array {
  let constant = initA;
  const hash = (value: number): number => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplierA);
    return fold(Math.imul(mixed, constant));
  };

  const pool = new Uint32Array(size);
  for (let i = 0; i < size; i++) pool[i] = hash(entropy[i] ?? 0);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  }
  for (let from = size; from < entropy.length; from++) {
    for (let to = 0; to < size; to++) pool[to] = mix(pool[to], hash(entropy[from]));
  }
  return pool;
}

function mix(x: number, y: number): number {
  return fold(Math.imul(mixLeft, x) - Math.imul(mixRight, y));
}

function fold(value: number): number {
  return (value ^ ((value >>> 0) >>> 16)) >>> 0;
}

/** The 32-bit words of an integer, lowest first. */
function wordsOf(value: number): number[] {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? [value >>> 0, high] : [value >>> 0];
}
