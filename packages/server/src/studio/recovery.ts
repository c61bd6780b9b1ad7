/** What becomes of generations and tasks whose worker or server died. */
import { AppError } from '@bottega/contract';
import type { Kysely } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Schema } from '../db/schema.ts';
import { notify } from '../events/channel.ts';
import { tableOf } from '../queue/job-rows.ts';
import type { JobKind, Queue } from '../queue/queue.ts';

/** What killed the worker this often is given up: the third death ends it. */
const mostLosses = 3;

const kinds: readonly JobKind[] = ['generation', 'task'];

/**
 * After a worker's death: what it did is queued again at its old place, until it has cost too many workers;
 * what was to be cancelled is cancelled.
 */
export async function recoverFromLostWorker(db: Db, queue: Queue): Promise<void> {
  await db.transaction().execute(async (trx) => {
    let found = 0;
    for (const kind of kinds) found += await recoverRows(trx, queue, kind);
    if (found > 0) await notify(trx, 'bottega_work', { type: 'job' });
  });
}

async function recoverRows(trx: Kysely<Schema>, queue: Queue, kind: JobKind): Promise<number> {
  const table = tableOf[kind];
  const rows = await trx
    .selectFrom(table)
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
      .updateTable(table)
      .set({ ...change, losses: losses + 1 })
      .where('id', '=', id)
      .execute();
    await (change === end ? queue.drop(trx, [id]) : queue.putBack(trx, [id]));
    await notify(trx, 'bottega_events', { type: kind, id });
  }
  return rows.length;
}

/**
 * At the server's start, before any worker runs: what ran is queued again, which counts as no loss, and all that is
 * queued has a job, even if someone has tampered with the queue.
 */
export async function recoverFromRestart(db: Db, queue: Queue): Promise<void> {
  const open = await queue.open();
  await db.transaction().execute(async (trx) => {
    const queued: { readonly id: string; readonly number: number; readonly kind: JobKind }[] = [];
    for (const kind of kinds) {
      const table = tableOf[kind];
      await trx
        .updateTable(table)
        .set({ state: 'cancelled', finished_at: new Date() })
        .where('state', '=', 'running')
        .where('cancel_requested', '=', true)
        .execute();
      await trx
        .updateTable(table)
        .set({ state: 'queued', started_at: null })
        .where('state', '=', 'running')
        .execute();
      const rows = await trx
        .selectFrom(table)
        .select(['id', 'number'])
        .where('state', '=', 'queued')
        .execute();
      queued.push(...rows.map((row) => ({ ...row, kind })));
    }
    const wanted = new Map(queued.toSorted((a, b) => a.number - b.number).map((job) => [job.id, job]));
    await queue.putBack(
      trx,
      [...open].filter((id) => wanted.has(id)),
    );
    await queue.drop(
      trx,
      [...open].filter((id) => !wanted.has(id)),
    );
    for (const [id, job] of wanted) if (!open.has(id)) await queue.add(trx, job, job.number);
  });
}
