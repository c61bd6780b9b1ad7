import { assertClose } from '@bottega/testing';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaProbability, betaQuantile } from './beta-quantile.ts';

const shape = fc.double({ min: 0.3, max: 5, noNaN: true });
const probability = fc.double({ min: 0.05, max: 0.95, noNaN: true });

test('closed forms: uniform, a power, the arcsine', () => {
  for (const p of [0.01, 0.25, 0.5, 0.9]) {
    assertClose([betaQuantile(p, 1, 1)], [p], 1e-12);
    assertClose([betaQuantile(p, 2, 1)], [Math.sqrt(p)], 1e-12);
    assertClose([betaQuantile(p, 0.5, 0.5)], [Math.sin((Math.PI * p) / 2) ** 2], 1e-12);
  }
});

test('the ends are 0 and 1', () => {
  assert.equal(betaQuantile(0, 0.6, 0.6), 0);
  assert.equal(betaQuantile(1, 0.6, 0.6), 1);
});

test('quantiles have their probability', () => {
  fc.assert(
    fc.property(shape, shape, probability, (a, b, p) => {
      assertClose([betaProbability(betaQuantile(p, a, b), a, b)], [p], 1e-9);
    }),
  );
});

test('exchanging the shapes mirrors the distribution', () => {
  fc.assert(
    fc.property(shape, shape, probability, (a, b, x) => {
      assertClose([betaProbability(x, a, b)], [1 - betaProbability(1 - x, b, a)], 1e-9);
    }),
  );
});
