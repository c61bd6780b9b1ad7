import assert from 'node:assert/strict';

/**
 * Asserts that two lists of numbers agree: |actual - expected| <= tolerance * max(1, |expected|) everywhere.
 * NaN equals nothing.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  message = '',
): void {
  assert.equal(actual.length, expected.length, `${message} length`);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    if (difference <= tolerance * Math.max(1, Math.abs(expected[i]))) continue;
    assert.fail(`${message} [${i}]: ${actual[i]} instead of ${expected[i]} (${difference} off)`);
  }
}
