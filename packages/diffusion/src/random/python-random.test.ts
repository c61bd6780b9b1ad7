import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pythonRandom } from './python-random.ts';

// Python 3: r = random.Random(seed); [r.choice(range(count)) for _ in range(8)]
for (const [seed, count, chosen] of [
  [0, 10, [6, 6, 0, 4, 8, 7, 6, 4]],
  [1, 7, [1, 4, 6, 6, 6, 0, 2, 0]],
  [5, 3, [2, 1, 2, 1, 2, 2, 2, 2]],
  [42, 1000, [654, 114, 25, 759, 281, 250, 228, 142]],
  [4294967295, 5, [4, 1, 1, 4, 4, 2, 4, 2]],
  [123456789, 1, [0, 0, 0, 0, 0, 0, 0, 0]],
  [7, 64, [41, 19, 50, 6, 9, 12, 46, 7]],
] as const) {
  test(`Random(${seed}) chooses among ${count} as Python does`, () => {
    const { choice } = pythonRandom(seed);
    const items = Array.from({ length: count }, (_, index) => index);
    assert.deepEqual(
      chosen.map(() => choice(items)),
      chosen,
    );
  });
}
