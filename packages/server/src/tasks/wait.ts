/** Waiting for the end of a task. */
import { AppError, type Task } from '@bottega/contract';
import type { EventHub } from '../events/hub.ts';

const ends: ReadonlySet<Task['state']> = new Set(['done', 'failed', 'cancelled']);

/** @throws AppError `task.unknown` where it is deleted meanwhile; the signal's reason where that is aborted. */
export async function waitUntilFinished(
  id: string,
  hub: EventHub,
  get: (id: string) => Promise<Task>,
  signal?: AbortSignal,
): Promise<Task> {
  const { promise, resolve, reject } = Promise.withResolvers<Task>();
  const abort = (): void => reject(signal?.reason);
  const look = (task: Task): void => {
    if (ends.has(task.state)) resolve(task);
  };
  const leave = hub.subscribe((event) => {
    if (event.type === 'task' && event.task.id === id) look(event.task);
    if (event.type === 'task-deleted' && event.id === id) reject(new AppError('task.unknown', { id }));
    // Something may have been missed.
    if (event.type === 'hello') get(id).then(look, reject);
  });
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    look(await get(id));
    return await promise;
  } finally {
    leave();
    signal?.removeEventListener('abort', abort);
  }
}
