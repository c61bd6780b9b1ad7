/** From a task that tells to an iterable that is asked. */
import { collect } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { told } from './event-channel.ts';

test('yields everything that is told, in order, and ends', async () => {
  const events = told<number>(async (tell) => {
    tell(1);
    tell(2);
    await setImmediate();
    tell(3);
  });
  assert.deepEqual(await collect(events), [1, 2, 3]);
  assert.deepEqual(await collect(told(async () => {})), []);
});

test('yields what was told before a failure, then throws it', async () => {
  const seen: number[] = [];
  const events = told<number>(async (tell) => {
    tell(1);
    await setImmediate();
    tell(2);
    throw new Error('broken');
  });
  const all = async (): Promise<void> => {
    for await (const event of events) seen.push(event);
  };
  await assert.rejects(all, /broken/);
  assert.deepEqual(seen, [1, 2]);
});

test('leaving early aborts the task and waits for its end', async () => {
  let ended = false;
  const events = told<number>(async (tell, signal) => {
    while (!signal.aborted) {
      tell(1);
      await setImmediate();
    }
    await setImmediate();
    ended = true;
  });
  for await (const event of events) if (event === 1) break;
  assert.ok(ended);
});

test("the caller's signal reaches the task", async () => {
  const abort = new AbortController();
  const events = told<boolean>(async (tell, signal) => {
    abort.abort();
    tell(signal.aborted);
  }, abort.signal);
  assert.deepEqual(await collect(events), [true]);
});
