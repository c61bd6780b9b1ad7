import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '@bottega/contract';
import * as fc from 'fast-check';
import { sampleGeneration, samplePicture } from '../samples.ts';
import {
  applyEvent,
  boardOf,
  failedOf,
  picturesOf,
  queuedOf,
  runningOf,
  withoutPictures,
  type Board,
} from './board.ts';

const empty: Board = { generations: [] };
const progress = { step: 2, steps: 4, fraction: 0.5, secondsRemaining: 3 };
const apply = (board: Board, ...events: ServerEvent[]): Board => events.reduce(applyEvent, board);

test('a snapshot is newest first, and what waits wins over what is listed', () => {
  const queued = sampleGeneration('b', { position: 1 });
  const board = boardOf({ running: [], queued: [queued] }, [
    sampleGeneration('a', { state: 'done' }),
    sampleGeneration('b'),
  ]);
  assert.deepEqual(
    board.generations.map(({ id, position }) => [id, position]),
    [
      ['b', 1],
      ['a', undefined],
    ],
  );
});

test('from queue to picture', () => {
  const finished = sampleGeneration('a', { state: 'done', pictures: [samplePicture('p')] });
  const accepted = apply(empty, { type: 'generation', generation: sampleGeneration('a', { position: 1 }) });
  assert.equal(queuedOf(accepted).length, 1);
  const drawing = apply(accepted, { type: 'progress', id: 'a', progress, preview: 'data:x' });
  assert.equal(runningOf(drawing)?.preview, 'data:x');
  const later = apply(drawing, { type: 'progress', id: 'a', progress });
  assert.equal(runningOf(later)?.preview, 'data:x', 'a step without a preview keeps the last');
  const done = apply(later, { type: 'generation', generation: finished });
  assert.equal(runningOf(done), undefined);
  assert.deepEqual(
    picturesOf(done).map(({ picture }) => picture.id),
    ['p'],
  );
});

test('a snapshot of a running generation without a preview keeps the last', () => {
  const drawing = apply(empty, {
    type: 'generation',
    generation: sampleGeneration('a', { state: 'running', preview: 'data:x' }),
  });
  const again = apply(drawing, {
    type: 'generation',
    generation: sampleGeneration('a', { state: 'running' }),
  });
  assert.equal(runningOf(again)?.preview, 'data:x');
});

test('what has ended never runs again, however late an event comes', () => {
  const done = apply(empty, { type: 'generation', generation: sampleGeneration('a', { state: 'done' }) });
  const late = apply(
    done,
    { type: 'progress', id: 'a', progress },
    { type: 'generation', generation: sampleGeneration('a', { state: 'running' }) },
  );
  assert.equal(late.generations[0].state, 'done');
});

test('a generation whose worker died goes back to the queue', () => {
  const board = apply(
    empty,
    { type: 'generation', generation: sampleGeneration('a', { state: 'running' }) },
    { type: 'generation', generation: sampleGeneration('a', { position: 1 }) },
  );
  assert.equal(queuedOf(board).length, 1);
});

test('positions order the queue', () => {
  const board = apply(
    empty,
    { type: 'generation', generation: sampleGeneration('a', { position: 1 }) },
    { type: 'generation', generation: sampleGeneration('b', { position: 2 }) },
    { type: 'queue', positions: { a: 2, b: 1 } },
  );
  assert.deepEqual(
    queuedOf(board).map(({ id }) => id),
    ['b', 'a'],
  );
});

test('deletions', () => {
  const board = apply(empty, {
    type: 'generation',
    generation: sampleGeneration('a', { state: 'done', pictures: [samplePicture('p'), samplePicture('q')] }),
  });
  assert.deepEqual(
    picturesOf(apply(board, { type: 'picture-deleted', id: 'p' })).map(({ picture }) => picture.id),
    ['q'],
  );
  assert.deepEqual(
    picturesOf(withoutPictures(board, new Set(['q']))).map(({ picture }) => picture.id),
    ['p'],
  );
  assert.deepEqual(apply(board, { type: 'generation-deleted', id: 'a' }), empty);
});

test('pictures of a batch are newest first like everything else', () => {
  const board = apply(empty, {
    type: 'generation',
    generation: sampleGeneration('a', {
      state: 'done',
      pictures: [samplePicture('p0'), samplePicture('p1')],
    }),
  });
  assert.deepEqual(
    picturesOf(board).map(({ picture }) => picture.id),
    ['p1', 'p0'],
  );
});

test('failures are listed', () => {
  const board = apply(empty, { type: 'generation', generation: sampleGeneration('a', { state: 'failed' }) });
  assert.equal(failedOf(board).length, 1);
});

test('whatever events come, no generation appears twice and the order holds', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const state = fc.constantFrom('queued', 'running', 'done', 'failed', 'cancelled' as const);
  const event: fc.Arbitrary<ServerEvent> = fc.oneof(
    fc.record({ id, state }).map((made): ServerEvent => ({
      type: 'generation',
      generation: sampleGeneration(made.id, { state: made.state as 'done' }),
    })),
    id.map((one): ServerEvent => ({ type: 'progress', id: one, progress })),
    id.map((one): ServerEvent => ({ type: 'generation-deleted', id: one })),
    fc.constant<ServerEvent>({ type: 'queue', positions: { a: 1 } }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const ids = apply(empty, ...events).generations.map((each) => each.id);
      assert.deepEqual(ids, [...new Set(ids)].toSorted().toReversed());
    }),
  );
});
