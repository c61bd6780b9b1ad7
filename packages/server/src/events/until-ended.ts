/** Waiting for the end of something that the worker does. */
import type { ServerEvent } from '@bottega/contract';
import type { EventHub } from './hub.ts';

/** What generations and tasks have in common. */
type Job = { readonly state: string };

export type Watched<One extends Job> = {
  readonly get: () => Promise<One>;
  /** What an event tells of it; 'deleted' where it is gone. */
  readonly seen: (event: ServerEvent) => One | 'deleted' | undefined;
  /** Thrown where it is deleted meanwhile. */
  readonly unknown: () => Error;
};

const ends: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled']);

/**
 * Resolves when it has ended, however it did.
 * @throws what `get` throws, `unknown` where it is deleted meanwhile, and the signal's reason where that is aborted.
 */
export async function untilEnded<One extends Job>(
  hub: EventHub,
  { get, seen, unknown }: Watched<One>,
  signal?: AbortSignal,
): Promise<One> {
  const { promise, resolve, reject } = Promise.withResolvers<One>();
  const abort = (): void => reject(signal?.reason);
  const look = (one: One): void => {
    if (ends.has(one.state)) resolve(one);
  };
  const leave = hub.subscribe((event) => {
    const now = seen(event);
    if (now === 'deleted') reject(unknown());
    else if (now !== undefined) look(now);
    // Something may have been missed.
    if (event.type === 'hello') get().then(look, reject);
  });
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  else get().then(look, reject);
  try {
    // Awaited before anything can refuse it: a refusal that nobody awaits ends the program.
    return await promise;
  } finally {
    leave();
    signal?.removeEventListener('abort', abort);
  }
}
