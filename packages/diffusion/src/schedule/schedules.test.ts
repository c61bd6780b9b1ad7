/** What holds of every schedule. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignedSteps } from './align-your-steps.ts';
import { discreteLevels, scaledLinearAlphas } from './noise-levels.ts';
import { schedulers } from './registry.ts';

const levels = discreteLevels(scaledLinearAlphas());

for (const { label, schedule, defaultRho = 0 } of schedulers) {
  if (schedule === undefined) continue;
  test(`${label}: as many levels as steps, falling, from the model's range`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), (steps) => {
        const sigmas = schedule({
          steps,
          sigmaMin: levels.sigmaMin,
          sigmaMax: levels.sigmaMax,
          rho: defaultRho,
          levels,
          betaAlpha: 0.6,
          betaBeta: 0.6,
          alignedSteps: alignedSteps.sd1,
        });
        // DDIM's choice of timesteps can give more.
        if (label === 'DDIM') assert.ok(sigmas.length > steps);
        else assert.equal(sigmas.length, steps + 1);
        assert.ok(sigmas.every((sigma, i) => i === 0 || sigma <= sigmas[i - 1]));
        assert.ok(sigmas[0] <= levels.sigmaMax * 1.0001);
        assert.equal(sigmas[sigmas.length - 1] === 0, label !== 'KL Optimal');
      }),
      { numRuns: 40 },
    );
  });
}

test('timesteps and sigmas lead to each other', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (t) => {
      assert.ok(Math.abs(levels.sigmaToT(levels.tToSigma(t)) - t) < 0.01);
    }),
  );
});
