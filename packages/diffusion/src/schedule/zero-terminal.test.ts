import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discreteLevels, scaledLinearAlphas } from './noise-levels.ts';
import { zeroTerminalAlphas } from './zero-terminal.ts';

test('the schedule begins as before and ends in noise alone', () => {
  const before = scaledLinearAlphas();
  const after = zeroTerminalAlphas(before);
  assert.ok(Math.abs(after[0] - before[0]) < 1e-6);
  assert.ok(after.every((alpha, t) => t === 0 || alpha < after[t - 1]));
  assert.ok(after[999] < 1e-7 && after[999] > 0);
  const { sigmaMax } = discreteLevels(after);
  assert.ok(Math.abs(sigmaMax - 4518.76) < 0.01, String(sigmaMax));
});
