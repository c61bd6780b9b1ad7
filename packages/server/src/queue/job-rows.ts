/** What generations and tasks have in common: rows that wait, run and end together with their jobs. */
import { AppError, type GenerationState } from '@bottega/contract';
import type { Kysely } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { notify } from '../events/channel.ts';
import type { JobKind, Queue } from './queue.ts';

/** The tables whose rows have jobs, by what is said of their rows. */
export const tableOf = { generation: 'generations', task: 'tasks' } as const satisfies Record<
  JobKind,
  string
>;

export type JobRows = {
  /** Word to everybody who listens. */
  told(trx: Kysely<Schema>, id: string): Promise<void>;
  /** There is nothing to do for a job that came up: its row was cancelled, has ended or is gone. */
  nothingToDo(trx: Kysely<Schema>, id: string): Promise<void>;
  /** From running back into the queue, at its old place. */
  putBack(trx: Kysely<Schema>, id: string, delaySeconds?: number): Promise<void>;
  /**
   * Ends it: at once where it waits; where it runs, the worker is told.
   * @throws AppError `generation.unknown`, `generation.finished`; `task.unknown`, `task.finished`.
   */
  cancel(trx: Kysely<Schema>, id: string): Promise<void>;
};

export function jobRows(kind: JobKind, queue: Pick<Queue, 'drop' | 'finish' | 'putBack'>): JobRows {
  const table = tableOf[kind];
  const told: JobRows['told'] = (trx, id) => notify(trx, 'bottega_events', { type: kind, id });

  async function end(trx: Kysely<Schema>, id: string, from: GenerationState): Promise<void> {
    await trx
      .updateTable(table)
      .set({ state: 'cancelled', finished_at: new Date() })
      .where('id', '=', id)
      .where('state', '=', from)
      .execute();
  }

  return {
    told,

    nothingToDo: async (trx, id) => {
      await end(trx, id, 'running');
      await queue.finish(trx, id);
      await told(trx, id);
    },

    putBack: async (trx, id, delaySeconds) => {
      await trx
        .updateTable(table)
        .set({ state: 'queued', started_at: null })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
      await queue.putBack(trx, [id], delaySeconds);
      await told(trx, id);
    },

    cancel: async (trx, id) => {
      const row = await trx
        .selectFrom(table)
        .select('state')
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) throw new AppError(`${kind}.unknown`, { id });
      if (row.state === 'queued') {
        await end(trx, id, 'queued');
        await queue.drop(trx, [id]);
      } else if (row.state === 'running') {
        await trx.updateTable(table).set({ cancel_requested: true }).where('id', '=', id).execute();
        await notify(trx, 'bottega_work', { type: 'cancel', id });
      } else {
        throw new AppError(`${kind}.finished`, { id, state: row.state });
      }
      await told(trx, id);
    },
  };
}
