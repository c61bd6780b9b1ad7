/** What becomes of generations whose worker or server died. */
import { AppError } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import { notify } from '../events/channel.ts';
import type { Queue } from '../queue/queue.ts';

/** A picture whose drawing killed the worker this often is given up: the third death ends it. */
const mostLosses = 3;

/**
 * After a worker's death: what it drew is queued again at its old place, until it has cost too many workers;
 * what was to be cancelled is cancelled.
 */
export async function recoverFromLostWorker(db: Db, queue: Queue): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('generations')
      .select(['id', 'losses', 'cancel_requested'])
      .where('state', '=', 'running')
      .forUpdate()
      .execute();
    for (const { id, losses, cancel_requested: isCancelled } of rows) {
      const isLast = losses + 1 >= mostLosses;
      const { code, message } = new AppError('worker.lost', { attempts: mostLosses });
      const end = isCancelled
        ? ({ state: 'cancelled', finished_at: new Date() } as const)
        : ({ state: 'failed', finished_at: new Date(), error: JSON.stringify({ code, message }) } as const);
      const change = isCancelled || isLast ? end : ({ state: 'queued', started_at: null } as const);
      await trx
        .updateTable('generations')
        .set({ ...change, losses: losses + 1 })
        .where('id', '=', id)
        .execute();
      await (change === end ? queue.drop(trx, [id]) : queue.putBack(trx, [id]));
      await notify(trx, 'bottega_events', { type: 'generation', id });
    }
    if (rows.length > 0) await notify(trx, 'bottega_work', { type: 'job' });
  });
}

/**
 * At the server's start, before any worker runs: what ran is queued again, which counts as no loss, and every
 * queued generation has a job, even if someone has tampered with the queue.
 */
export async function recoverFromRestart(db: Db, queue: Queue): Promise<void> {
  const open = await queue.open();
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('generations')
      .set({ state: 'cancelled', finished_at: new Date() })
      .where('state', '=', 'running')
      .where('cancel_requested', '=', true)
      .execute();
    await trx
      .updateTable('generations')
      .set({ state: 'queued', started_at: null })
      .where('state', '=', 'running')
      .execute();
    const queued = await trx
      .selectFrom('generations')
      .select(['id', 'number'])
      .where('state', '=', 'queued')
      .orderBy('number')
      .execute();
    const wanted = new Map(queued.map(({ id, number }) => [id, number]));
    await queue.putBack(
      trx,
      [...open].filter((id) => wanted.has(id)),
    );
    await queue.drop(
      trx,
      [...open].filter((id) => !wanted.has(id)),
    );
    for (const [id, number] of wanted) if (!open.has(id)) await queue.add(trx, id, number);
  });
}
