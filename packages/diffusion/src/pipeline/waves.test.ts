import { assertClose } from '@bottega/testing';
import { test } from 'node:test';
import { waves } from './waves.ts';

test('a large number has the waves that PyTorch computes', () => {
  const told = waves([1216]);
  // Stability's generative-models with PyTorch 1.13. The exact frequencies are up to 1e-4 away from these.
  const expected = [
    [2, -0.8369914889335632],
    [10, 0.03774041682481766],
    [12, -0.7627151012420654],
    [130, -0.5472158789634705],
    [140, -0.6467346549034119],
  ];
  assertClose(
    expected.map(([i]) => told[i]),
    expected.map(([, value]) => value),
    1e-6,
  );
});
