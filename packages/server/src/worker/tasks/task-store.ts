/** The rows of the task that a worker does. */
import type { Db } from '../../db/connect.ts';
import type { MediaStore } from '../../media/media-store.ts';
import { lockMedia } from '../../media/references.ts';
import { jobRows } from '../../queue/job-rows.ts';
import type { Queue } from '../../queue/queue.ts';
import type { TaskRequest, TaskResult } from '../../tasks/kinds.ts';
import type { Failure } from '../job-store.ts';

export type TaskPicture = {
  readonly index: number;
  readonly media: Buffer;
  readonly infotext: string | null;
};

export type BegunTask = {
  readonly request: TaskRequest;
  readonly inputs: readonly TaskPicture[];
  /** Indices of the results that exist. */
  readonly finished: ReadonlySet<number>;
};

export type NewPicture = {
  readonly index: number;
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly infotext?: string;
};

/** Every change is one transaction together with the job's, so that the two never disagree. */
export type TaskStore = {
  /** Marks it as running; `undefined` where there is nothing to do (ended, cancelled or deleted meanwhile). */
  begin(id: string): Promise<BegunTask | undefined>;
  /** Durable when it resolves. @returns false where the task has been deleted meanwhile. */
  keep(id: string, picture: NewPicture): Promise<boolean>;
  end(
    id: string,
    state: 'done' | 'cancelled' | 'failed',
    outcome?: { readonly result?: TaskResult; readonly error?: Failure },
  ): Promise<void>;
  /** Back into the queue, at its old place. */
  putBack(id: string, delaySeconds?: number): Promise<void>;
};

export function createTaskStore(db: Db, queue: Queue, media: MediaStore): TaskStore {
  const rows = jobRows('task', queue);
  return {
    begin: (id) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('tasks')
          .set({ state: 'running', started_at: new Date() })
          .where('id', '=', id)
          .where('state', 'in', ['queued', 'running'])
          .where('cancel_requested', '=', false)
          .returning('request')
          .executeTakeFirst();
        if (row === undefined) {
          await rows.nothingToDo(trx, id);
          return undefined;
        }
        const pictures = await trx
          .selectFrom('task_pictures')
          .select(['index', 'media', 'infotext', 'is_result'])
          .where('task_id', '=', id)
          .orderBy('index')
          .execute();
        await rows.told(trx, id);
        return {
          request: row.request,
          inputs: pictures.filter((picture) => !picture.is_result),
          finished: new Set(pictures.flatMap(({ is_result: isResult, index }) => (isResult ? [index] : []))),
        };
      }),

    keep: (id, { index, png, width, height, infotext }) =>
      db.transaction().execute(async (trx) => {
        const alive = await trx
          .selectFrom('tasks')
          .select('id')
          .where('id', '=', id)
          .forKeyShare()
          .executeTakeFirst();
        if (alive === undefined) return false;
        const hash = await media.put(png, (known) => lockMedia(trx, known));
        await trx
          .insertInto('task_pictures')
          .values({
            task_id: id,
            is_result: true,
            index,
            media: hash,
            width,
            height,
            infotext: infotext ?? null,
          })
          .onConflict((conflict) => conflict.columns(['task_id', 'is_result', 'index']).doNothing())
          .execute();
        await rows.told(trx, id);
        return true;
      }),

    end: (id, state, { result, error } = {}) =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('tasks')
          .set({
            state,
            finished_at: new Date(),
            result: result === undefined ? null : JSON.stringify(result),
            error: error === undefined ? null : JSON.stringify(error),
          })
          .where('id', '=', id)
          .execute();
        await queue.finish(trx, id);
        await rows.told(trx, id);
      }),

    putBack: (id, delaySeconds) => db.transaction().execute((trx) => rows.putBack(trx, id, delaySeconds)),
  };
}
