import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '@bottega/contract';
import { createEventHub, type EventHub } from './hub.ts';
import { untilEnded } from './until-ended.ts';

type One = { readonly state: string };

function waiting() {
  const asked = Promise.withResolvers<One>();
  const leaving = new AbortController();
  const inner = createEventHub();
  let listeners = 0;
  const hub: EventHub = {
    ...inner,
    subscribe: (listener) => {
      const leave = inner.subscribe(listener);
      listeners++;
      return () => {
        leave();
        listeners--;
      };
    },
  };
  const seen = (event: ServerEvent): One | 'deleted' | undefined =>
    (event as unknown as { readonly one: One | 'deleted' }).one;
  const watched = { get: () => asked.promise, seen, unknown: () => new Error('unknown') };
  return {
    asked,
    abort: () => leaving.abort(new Error('left')),
    event: (one: One | 'deleted') => hub.publish({ type: 'other', one } as unknown as ServerEvent),
    ended: () => untilEnded<One>(hub, watched, leaving.signal),
    listeners: () => listeners,
  };
}

/** Long enough for what nobody awaits to be found out: that ends the program, or here the test. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('it ends as it is found, or as an event tells', async () => {
  const found = waiting();
  found.asked.resolve({ state: 'failed' });
  assert.deepEqual(await found.ended(), { state: 'failed' });
  assert.equal(found.listeners(), 0);

  const told = waiting();
  const ended = told.ended();
  told.asked.resolve({ state: 'running' });
  await turn();
  told.event({ state: 'running' });
  told.event({ state: 'done' });
  assert.deepEqual(await ended, { state: 'done' });
  assert.equal(told.listeners(), 0);
});

test('whoever leaves while it is looked up, or before, is told so and nobody else', async () => {
  for (const when of ['before', 'while'] as const) {
    const { abort, ended, asked, listeners } = waiting();
    if (when === 'before') abort();
    const result = ended();
    const rejected = assert.rejects(result, /left/);
    if (when === 'while') abort();
    await turn();
    if (when === 'while') asked.reject(new Error('too late'));
    await turn();
    await rejected;
    assert.equal(listeners(), 0);
  }
});

test('what is deleted while it is looked up is unknown', async () => {
  const { event, ended, asked } = waiting();
  const rejected = assert.rejects(ended(), /unknown/);
  event('deleted');
  await turn();
  asked.resolve({ state: 'queued' });
  await rejected;
});
