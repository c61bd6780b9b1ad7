import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discreteLevels, distilledLevels, scaledLinearAlphas } from '../schedule/noise-levels.ts';
import { consistentAtSigma, denoisedAtSigma, noiseAtTimestep } from './preconditioning.ts';
import type { Precondition } from './preconditioning.ts';

const alphas = scaledLinearAlphas();
const levels = discreteLevels(alphas);
const sigma = fc.double({ min: 0.03, max: 14.6, noNaN: true });
const value = fc.double({ min: -5, max: 5, noNaN: true });

/** The answer for a network that replies `output`. */
function answer(precondition: Precondition, level: number, x: number, output: number): number {
  const { cSkip, cOut } = precondition(level);
  return cSkip * x + cOut * output;
}

test('a network that knows picture and noise yields the picture, by epsilon and by v', () => {
  fc.assert(
    fc.property(sigma, value, value, (level, picture, noise) => {
      const s = Math.fround(level);
      const alpha = 1 / Math.sqrt(1 + s ** 2);
      const x = picture + s * noise;
      const v = alpha * noise - alpha * s * picture;
      for (const [prediction, output] of [
        ['epsilon', noise],
        ['v', v],
      ] as const) {
        const found = answer(denoisedAtSigma(levels, prediction), level, x, output);
        assert.ok(Math.abs(found - picture) < 1e-5, prediction);
      }
    }),
  );
});

test('it yields the noise in the timestep form', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999 }), value, value, (t, picture, noise) => {
      const [a, b] = [Math.sqrt(alphas[t]), Math.sqrt(1 - alphas[t])];
      const x = a * picture + b * noise;
      const v = a * noise - b * picture;
      assert.ok(Math.abs(answer(noiseAtTimestep(alphas, 'v'), t, x, v) - noise) < 1e-6);
      assert.ok(answer(noiseAtTimestep(alphas, 'epsilon'), t, x, noise) === noise);
    }),
  );
});

test('the network sees unit variance', () => {
  fc.assert(
    fc.property(sigma, (level) => {
      const { cIn } = denoisedAtSigma(levels, 'epsilon')(level);
      assert.ok(Math.abs(cIn ** 2 * (1 + level ** 2) - 1) < 1e-5);
    }),
  );
});

test('a consistency model trusts its network almost wholly at its lowest timestep', () => {
  const distilled = distilledLevels(alphas);
  const { timestep, cSkip, cOut } = consistentAtSigma(distilled)(distilled.sigmaMin);
  assert.equal(timestep, 19);
  assert.ok(Math.abs(cSkip - 1) < 1e-4 && Math.abs(cOut + distilled.sigmaMin) < 1e-4);
});
