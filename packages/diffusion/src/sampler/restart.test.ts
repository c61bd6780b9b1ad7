import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { karras } from '../schedule/karras.ts';
import { tensor } from '../tensor.ts';
import { restart, restartSteps } from './restart.ts';

function stepsOf(steps: number): readonly (readonly [number, number])[] {
  return restartSteps(karras({ steps, sigmaMin: 0.03, sigmaMax: 14.6, rho: 7 }));
}

test('restarts are paid for with steps: there are never more than asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150 }), (steps) => assert.equal(stepsOf(steps).length, steps)),
  );
});

test('the level goes up never, once from 20 steps, twice from 36', () => {
  for (const [steps, rises] of [
    [19, 0],
    [20, 1],
    [35, 1],
    [36, 2],
    [100, 2],
  ]) {
    const walked = stepsOf(steps);
    const risen = walked.filter(([from], i) => i > 0 && from > walked[i - 1][1]);
    assert.equal(risen.length, rises, `${steps} steps`);
    for (const [from] of risen) assert.ok(Math.abs(from - 2) < 1, `rises to ${from}`);
  }
});

test('a walk that starts below the restart has none', () => {
  const low = karras({ steps: 24, sigmaMin: 0.03, sigmaMax: 0.09, rho: 7 });
  const walked = restartSteps(low);
  assert.ok(walked.every(([from, to]) => to < from));
});

test('noise is added for a restart only, not where rounding lets the walk begin a bit above its schedule', async () => {
  const sigmaMax = 14.614642143249512;
  const given = karras({ steps: 20, sigmaMin: 0.1, sigmaMax, rho: 7 }).with(0, sigmaMax);
  assert.ok(restartSteps(given)[0][0] > sigmaMax);
  const levels: number[] = [];
  await restart((x) => Promise.resolve(x), tensor([1]), given, {
    span: { sigmaMin: 0.1, sigmaMax, evaluations: 20 },
    eta: 1,
    sChurn: 0,
    sTmin: 0,
    sTmax: Infinity,
    sNoise: 1,
    noise: (level) => {
      levels.push(level);
      return tensor([1]);
    },
    onStep: () => {},
  });
  assert.equal(levels.length, 1);
  assert.ok(levels[0] < 0.2);
});
