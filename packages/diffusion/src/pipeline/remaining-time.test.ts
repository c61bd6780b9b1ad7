/** Estimates of the time that is left, on a clock of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workClock } from './remaining-time.ts';

test('a steady pace is foretold to the second', () => {
  let time = 100;
  const clock = workClock({ step: { count: 4, weight: 1 }, picture: { count: 1, weight: 2 } }, () => time);
  const told = [1, 2, 3, 4].map(() => {
    time += 3;
    return clock.done('step');
  });
  assert.deepEqual(
    told.map(({ secondsRemaining }) => secondsRemaining),
    [15, 12, 9, 6],
  );
  assert.deepEqual(
    told.map(({ fraction }) => fraction),
    [3 / 18, 6 / 18, 9 / 18, 12 / 18],
  );
  time += 6;
  assert.deepEqual(clock.done('picture'), { fraction: 1, secondsRemaining: 0 });
});

test('a slow first step is forgotten at the second', () => {
  let time = 0;
  const clock = workClock({ step: { count: 10, weight: 1 } }, () => time);
  time += 60;
  assert.equal(clock.done('step').secondsRemaining, 540);
  time += 1;
  assert.equal(clock.done('step').secondsRemaining, 8);
});

test('the fraction never goes back', () => {
  let time = 0;
  const clock = workClock({ step: { count: 6, weight: 1 } }, () => time);
  let last = 0;
  for (const seconds of [1, 1, 9, 1, 30, 1]) {
    time += seconds;
    const { fraction } = clock.done('step');
    assert.ok(fraction >= last);
    last = fraction;
  }
  assert.equal(last, 1);
});

test('more units than planned do not make it negative', () => {
  let time = 0;
  const clock = workClock({ step: { count: 1, weight: 1 } }, () => time++);
  clock.done('step');
  assert.deepEqual(clock.done('step'), { fraction: 1, secondsRemaining: 0 });
});
