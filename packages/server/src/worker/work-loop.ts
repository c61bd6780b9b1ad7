/** Takes one job after the other, and stops the one that is cancelled. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Listening, listen } from '../events/channel.ts';
import type { Connection } from '../db/connect.ts';
import type { Logger } from '../log/logger.ts';
import type { Queue } from '../queue/queue.ts';
import { type AbortReason, skipEvent } from './draw.ts';

export type WorkLoop = {
  /** Puts the running job back and resolves when nothing runs any more. */
  stop(): Promise<void>;
};

/** A notification wakes the loop at once; looking by itself finds jobs whose rest is over, and what was missed. */
const lookEveryMs = 2000;

export async function startWorkLoop(
  connection: Connection,
  queue: Queue,
  draw: (id: string, signal: AbortSignal) => Promise<void>,
  onIdle: () => void,
  log: Logger,
): Promise<WorkLoop> {
  const stopping = new AbortController();
  let running: { readonly id: string; readonly abort: AbortController } | undefined;
  let wake = Promise.withResolvers<void>();
  const listening: Listening = await listen(
    connection,
    'bottega worker',
    'bottega_work',
    (order) => {
      if (order.type === 'job') wake.resolve();
      else if (running?.id !== order.id) return;
      else if (order.type === 'skip') running.abort.signal.dispatchEvent(new Event(skipEvent));
      else running.abort.abort('cancelled' satisfies AbortReason);
    },
    () => wake.resolve(),
  );

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = Promise.withResolvers();
      try {
        const id = await queue.take();
        if (id !== undefined) {
          await drawOne(id);
          continue;
        }
      } catch (error) {
        log.warn('the queue cannot be reached; trying again', { error });
      }
      onIdle();
      const rest = new AbortController();
      await Promise.race([
        wake.promise,
        delay(lookEveryMs, undefined, { signal: rest.signal }).catch(() => {}),
      ]);
      rest.abort();
    }
  }

  async function drawOne(id: string): Promise<void> {
    const abort = new AbortController();
    running = { id, abort };
    if (stopping.signal.aborted) abort.abort('stopping' satisfies AbortReason);
    try {
      await draw(id, abort.signal);
    } finally {
      running = undefined;
    }
  }

  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      running?.abort.abort('stopping' satisfies AbortReason);
      wake.resolve();
      await ended;
      await listening.close();
    },
  };
}
