import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDelayedAction } from './delayed-action.ts';

function bench() {
  const timers: { run: () => void; cancelled: boolean }[] = [];
  const done: string[] = [];
  const action = createDelayedAction((run) => {
    const timer = { run, cancelled: false };
    timers.push(timer);
    return () => void (timer.cancelled = true);
  }, 8000);
  const ring = (): void => timers.filter(({ cancelled }) => !cancelled).forEach(({ run }) => run());
  return { action, timers, done, ring, start: (name: string) => action.start(() => done.push(name)) };
}

test('it is done at the end of the pause, once', () => {
  const { start, ring, done, action } = bench();
  start('a');
  assert.deepEqual(done, []);
  ring();
  action.commit();
  assert.deepEqual(done, ['a']);
});

test('undone, it is never done', () => {
  const { start, action, timers, done } = bench();
  start('a');
  action.undo();
  timers[0].run();
  action.commit();
  assert.deepEqual(done, []);
});

test('the next one does the one before', () => {
  const { start, done, action } = bench();
  start('a');
  start('b');
  assert.deepEqual(done, ['a']);
  action.commit();
  assert.deepEqual(done, ['a', 'b']);
});

test('while it is held the clock stands still', () => {
  const { start, action, ring, done } = bench();
  start('a');
  action.hold(true);
  ring();
  assert.deepEqual(done, []);
  action.hold(false);
  ring();
  assert.deepEqual(done, ['a']);
});
