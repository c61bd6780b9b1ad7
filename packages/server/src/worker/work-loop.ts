/** Takes one job after the other, and stops the one that is cancelled. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Listening, listen } from '../events/channel.ts';
import type { Connection } from '../db/connect.ts';
import type { Logger } from '../log/logger.ts';
import type { Job, Queue } from '../queue/queue.ts';
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
  work: (job: Job, signal: AbortSignal) => Promise<void>,
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
        const job = await queue.take();
        if (job !== undefined) {
          await doOne(job);
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

  async function doOne(job: Job): Promise<void> {
    const abort = new AbortController();
    running = { id: job.id, abort };
    if (stopping.signal.aborted) abort.abort('stopping' satisfies AbortReason);
    try {
      await work(job, abort.signal);
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
