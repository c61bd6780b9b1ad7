/** Every generation that the studio knows: a pure reducer over snapshots and events. */
import type { Generation, Picture, Queue, ServerEvent } from '@bottega/contract';

/** Newest first; ids are UUID v7 and sort by time. */
export type Board = { readonly generations: readonly Generation[] };

const ended = (generation: Generation): boolean =>
  generation.state === 'done' || generation.state === 'failed' || generation.state === 'cancelled';

/** The board as the server states it: what waits and runs, and the newest that ended. */
export function boardOf(queue: Queue, recent: readonly Generation[]): Board {
  const byId = new Map([...recent, ...queue.queued, ...queue.running].map((each) => [each.id, each]));
  return { generations: [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)) };
}

function put(board: Board, generation: Generation): Board {
  const known = board.generations.find(({ id }) => id === generation.id);
  // An event that was under way while a snapshot was taken may be older than the snapshot.
  if (known !== undefined && ended(known) && !ended(generation)) return board;
  const shown =
    generation.state === 'running' && generation.preview === undefined
      ? { ...generation, preview: known?.preview }
      : generation;
  const others = board.generations.filter(({ id }) => id !== generation.id);
  return { generations: [...others, shown].toSorted((a, b) => (a.id < b.id ? 1 : -1)) };
}

function change(board: Board, id: string, changed: (generation: Generation) => Generation): Board {
  return { generations: board.generations.map((each) => (each.id === id ? changed(each) : each)) };
}

/** The board after `event`. */
export function applyEvent(board: Board, event: ServerEvent): Board {
  switch (event.type) {
    case 'generation':
      return put(board, event.generation);
    case 'progress':
      return change(board, event.id, (each) =>
        ended(each)
          ? each
          : { ...each, state: 'running', progress: event.progress, preview: event.preview ?? each.preview },
      );
    case 'queue':
      return {
        generations: board.generations.map((each) =>
          each.state === 'queued' ? { ...each, position: event.positions[each.id] ?? each.position } : each,
        ),
      };
    case 'generation-deleted':
      return { generations: board.generations.filter(({ id }) => id !== event.id) };
    case 'picture-deleted':
      return withoutPictures(board, new Set([event.id]));
    case 'hello':
    case 'models':
    case 'task':
    case 'task-deleted':
      return board;
  }
}

/** The board without some pictures, for one that is deleted or about to be. */
export function withoutPictures(board: Board, ids: ReadonlySet<string>): Board {
  if (ids.size === 0) return board;
  return {
    generations: board.generations.map((each) =>
      each.pictures.some(({ id }) => ids.has(id))
        ? { ...each, pictures: each.pictures.filter(({ id }) => !ids.has(id)) }
        : each,
    ),
  };
}

/** The one that is being drawn, the oldest if several workers draw. */
export function runningOf(board: Board): Generation | undefined {
  return board.generations.findLast(({ state }) => state === 'running');
}

/** Those that wait, next first. */
export function queuedOf(board: Board): readonly Generation[] {
  return board.generations
    .filter(({ state }) => state === 'queued')
    .toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || (a.id < b.id ? -1 : 1));
}

/** Those that failed and were not yet dismissed, newest first. */
export function failedOf(board: Board): readonly Generation[] {
  return board.generations.filter(({ state }) => state === 'failed');
}

export type Shown = { readonly picture: Picture; readonly generation: Generation };

/** Finished pictures, newest first. */
export function picturesOf(board: Board): readonly Shown[] {
  return board.generations.flatMap((generation) =>
    generation.pictures.toReversed().map((picture) => ({ picture, generation })),
  );
}
