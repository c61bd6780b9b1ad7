import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressAnnouncement, type Announced } from './announcements.ts';

/** The quarters that are announced while 20 steps are drawn. */
function heard(secondsAStep: number): number[] {
  let last: Announced | undefined;
  const quarters: number[] = [];
  for (let step = 0; step <= 20; step++) {
    const next = progressAnnouncement(last, 'a', step / 20, step * secondsAStep * 1000);
    if (next !== undefined) quarters.push(next.quarter);
    last = next ?? last;
  }
  return quarters;
}

test('a long picture is announced at its quarters, a short one hardly', () => {
  assert.deepEqual(heard(10), [1, 2, 3]);
  assert.deepEqual(heard(0.5), [1]);
});

test('another picture starts anew', () => {
  const last = { id: 'a', quarter: 3, at: 0 };
  assert.deepEqual(progressAnnouncement(last, 'b', 0.3, 1), { id: 'b', quarter: 1, at: 1 });
});
