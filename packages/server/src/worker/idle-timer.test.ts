import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdleTimer } from './idle-timer.ts';

test('idle time counts from the last work, however often rest is reported', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let ends = 0;
  const timer = createIdleTimer(1, () => ends++);
  timer.idle();
  t.mock.timers.tick(120_000);
  assert.equal(ends, 0, 'nothing was loaded yet');
  timer.busy();
  timer.idle();
  t.mock.timers.tick(40_000);
  timer.idle();
  t.mock.timers.tick(19_000);
  assert.equal(ends, 0);
  timer.busy();
  timer.idle();
  t.mock.timers.tick(59_000);
  assert.equal(ends, 0);
  t.mock.timers.tick(1_000);
  assert.equal(ends, 1);
});

test('in a hurry it ends at the end of the work, and only if there was any', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const minutes of [0, 1]) {
    let ends = 0;
    const timer = createIdleTimer(minutes, () => ends++);
    timer.hurry();
    timer.idle();
    t.mock.timers.tick(1000);
    assert.equal(ends, 0, 'nothing was loaded yet');
    timer.busy();
    timer.hurry();
    t.mock.timers.tick(1000);
    assert.equal(ends, 0, 'it works');
    timer.idle();
    t.mock.timers.tick(1);
    assert.equal(ends, 1);
  }
});

test('in a hurry at rest it ends at once, unless work comes first', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let ends = 0;
  const timer = createIdleTimer(1, () => ends++);
  timer.busy();
  timer.idle();
  timer.hurry();
  timer.busy();
  t.mock.timers.tick(1000);
  assert.equal(ends, 0);
  timer.idle();
  t.mock.timers.tick(1);
  assert.equal(ends, 1);
});

test('0 minutes never end', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const timer = createIdleTimer(0, () => assert.fail());
  timer.busy();
  timer.idle();
  t.mock.timers.tick(1e9);
});
