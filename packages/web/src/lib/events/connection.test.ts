import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '@bottega/contract';
import { keepConnected, pauseBefore, type ConnectionState, type Ears } from './connection.ts';

/** Streams, a clock and a diary that the test holds in its hands. */
function workbench() {
  const streams: { ears: Ears; closed: boolean }[] = [];
  const pauses: { run: () => void; milliseconds: number; cancelled: boolean }[] = [];
  const states: ConnectionState[] = [];
  const events: ServerEvent[] = [];
  const connection = keepConnected({
    open: (ears) => {
      const stream = { ears, closed: false };
      streams.push(stream);
      return { close: () => void (stream.closed = true) };
    },
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    later: (run, milliseconds) => {
      const pause = { run, milliseconds, cancelled: false };
      pauses.push(pause);
      return () => void (pause.cancelled = true);
    },
    random: () => 0,
  });
  const say = (event: unknown): void => streams.at(-1)?.ears.hear(JSON.stringify(event));
  const fail = (): void => streams.at(-1)?.ears.fail();
  return { connection, streams, pauses, states, events, say, fail };
}

const hello = { type: 'hello', version: '1' };

test('events arrive, and the state is told once', () => {
  const { say, states, events } = workbench();
  say(hello);
  say({ type: 'models' });
  assert.deepEqual(states, ['connecting', 'open']);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['hello', 'models'],
  );
});

test('after a failure it waits longer each time, and starts over once it worked', () => {
  const { say, fail, pauses, states, streams } = workbench();
  say(hello);
  for (let round = 0; round < 4; round++) {
    fail();
    pauses.at(-1)?.run();
  }
  assert.deepEqual(
    pauses.map(({ milliseconds }) => milliseconds),
    [500, 1000, 2000, 4000],
  );
  say(hello);
  fail();
  assert.equal(pauses.at(-1)?.milliseconds, 500);
  assert.deepEqual(states, ['connecting', 'open', 'lost', 'open', 'lost']);
  assert.ok(
    streams.slice(0, -1).every(({ closed }) => closed),
    'the old streams are closed',
  );
});

test('the pauses are bounded, and spread by at most a quarter', () => {
  assert.equal(pauseBefore(30, 0), 15_000);
  assert.equal(pauseBefore(0, 1), 375);
});

test('when the network comes back it does not wait for the end of the pause', () => {
  const { connection, fail, pauses, streams } = workbench();
  fail();
  connection.retry();
  assert.equal(pauses[0].cancelled, true);
  assert.equal(streams.length, 2);
  connection.retry();
  assert.equal(streams.length, 2, 'a standing connection is left alone');
  connection.renew();
  assert.equal(streams.length, 3, 'unless it may be dead');
});

test('what is not an event is passed over', () => {
  const { streams, events } = workbench();
  for (const data of ['', '{', '7', 'null', '{"x":1}']) streams[0].ears.hear(data);
  assert.deepEqual(events, []);
});

test('closing ends it for good', () => {
  const { connection, streams, fail, pauses } = workbench();
  fail();
  connection.close();
  pauses[0].run();
  assert.equal(streams.length, 1);
});
