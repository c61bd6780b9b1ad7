/** Tasks: enlarging pictures and merging models, done by the worker in their turn. */
import { AppError, type Task } from '@bottega/contract';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { isUuid, uuidV7 } from '../db/uuid.ts';
import { notify, notifyBoth } from '../events/channel.ts';
import type { EventHub } from '../events/hub.ts';
import { untilEnded } from '../events/until-ended.ts';
import { sizesOf } from '../media/inputs.ts';
import type { MediaStore } from '../media/media-store.ts';
import { lockMedia, releaseMedia } from '../media/references.ts';
import type { Thumbnails } from '../media/thumbnails.ts';
import { jobRows } from '../queue/job-rows.ts';
import type { Queue } from '../queue/queue.ts';
import type { TaskRequest } from './kinds.ts';
import type { TaskReader } from './task-reader.ts';

/** A picture that the server holds (SHA-256, hex), and what is known of it. */
export type TaskInput = { readonly media: string; readonly infotext?: string };

export type Tasks = {
  /**
   * Accepts it; when it resolves, the task survives everything but the loss of the disk.
   * @throws AppError `media.unknown`, `queue.full`.
   */
  create(request: TaskRequest, inputs?: readonly TaskInput[]): Promise<Task>;
  /** @throws AppError `task.unknown`. */
  get(id: string): Promise<Task>;
  latest(): Promise<Task[]>;
  /** Ends it: at once where it waits, soon where it runs. @throws AppError `task.unknown`, `task.finished`. */
  cancel(id: string): Promise<Task>;
  /**
   * Removes it with its pictures; one that runs is stopped. Those that ended a week ago go by themselves.
   * @throws AppError `task.unknown`.
   */
  remove(id: string): Promise<void>;
  /** Resolves when it has ended, however it did. @throws AppError `task.unknown`; the signal's reason. */
  finished(id: string, signal?: AbortSignal): Promise<Task>;
};

export type TaskParts = {
  readonly db: Db;
  readonly jobs: Queue;
  readonly reader: TaskReader;
  readonly hub: EventHub;
  readonly media: MediaStore;
  readonly thumbnails: Thumbnails;
  readonly queueLimit: number;
};

const listed = 100;

/** Whoever wants to keep an enlarged picture has it by then. */
const keptForMs = 7 * 24 * 60 * 60 * 1000;

/** @param now Milliseconds; replaceable for tests. */
export function createTasks(parts: TaskParts, now: () => number = Date.now): Tasks {
  const { db, jobs, reader, hub } = parts;
  const rows = jobRows('task', jobs);

  async function get(id: string): Promise<Task> {
    const [task] = isUuid(id) ? await reader.byIds([id.toLowerCase()]) : [];
    if (task === undefined) throw new AppError('task.unknown', { id });
    return task;
  }

  async function remove(key: string): Promise<void> {
    const { id } = await get(key);
    await db.transaction().execute(async (trx) => {
      await trx.selectFrom('tasks').select('id').where('id', '=', id).forUpdate().execute();
      const pictures = await trx
        .deleteFrom('task_pictures')
        .where('task_id', '=', id)
        .returning('media')
        .execute();
      await trx.deleteFrom('tasks').where('id', '=', id).execute();
      await jobs.drop(trx, [id]);
      await notify(trx, 'bottega_work', { type: 'cancel', id });
      await notify(trx, 'bottega_events', { type: 'task-deleted', id });
      await releaseMedia(
        trx,
        pictures.map(({ media }) => media),
        parts,
      );
    });
  }

  /** Of those that ended long ago. */
  async function sweep(): Promise<void> {
    const old = await db
      .selectFrom('tasks')
      .select('id')
      .where('finished_at', '<', new Date(now() - keptForMs))
      .limit(listed)
      .execute();
    // Another sweep may be quicker.
    for (const { id } of old) await remove(id).catch(() => undefined);
  }

  return {
    get,
    latest: () => reader.latest(listed),

    create: async (request, inputs = []) => {
      await sweep();
      const id = uuidV7();
      await db.transaction().execute(async (trx) => {
        // One number after the other, with those of generations, as the queue is one.
        const { rows } = await sql<{ number: number }>`
          insert into tasks (id, number, kind, state, request)
          select ${id}, nextval(pg_get_serial_sequence('generations', 'number')), ${request.kind}, 'queued',
            ${JSON.stringify(request)}
          where (select count(*) from tasks where state = 'queued') < ${parts.queueLimit}
          returning number`.execute(trx);
        if (rows.length === 0) throw new AppError('queue.full', { count: parts.queueLimit });
        const named = new Map(inputs.map(({ media }, i) => [media, `images.${i}`]));
        // In one order everywhere, so that two transactions cannot wait for each other.
        for (const media of [...named.keys()].toSorted()) await lockMedia(trx, Buffer.from(media, 'hex'));
        const sizes = await sizesOf(trx, named);
        for (const [index, { media, infotext = null }] of inputs.entries()) {
          const { width, height } = sizes.get(media) ?? { width: 0, height: 0 };
          await trx
            .insertInto('task_pictures')
            .values({
              task_id: id,
              is_result: false,
              index,
              media: Buffer.from(media, 'hex'),
              width,
              height,
              infotext,
            })
            .execute();
        }
        await jobs.add(trx, { id, kind: 'task' }, rows[0].number);
        await notifyBoth(trx, { type: 'task', id }, { type: 'job' });
      });
      return get(id);
    },

    cancel: async (key) => {
      const { id } = await get(key);
      await db.transaction().execute((trx) => rows.cancel(trx, id));
      return get(id);
    },

    remove,

    finished: (id, signal) =>
      untilEnded(
        hub,
        {
          get: () => get(id),
          seen: (event) => {
            if (event.type === 'task-deleted' && event.id === id) return 'deleted';
            return event.type === 'task' && event.task.id === id ? event.task : undefined;
          },
          unknown: () => new AppError('task.unknown', { id }),
        },
        signal,
      ),
  };
}
