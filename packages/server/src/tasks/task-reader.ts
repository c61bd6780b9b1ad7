/** Reads tasks with their finished pictures and their progress. */
import type { Task } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import type { TaskPictureTable, TaskRow } from '../db/schema.ts';
import { mediaUrls } from '../media/routes.ts';

export type TaskReader = {
  /** Those that exist. */
  byIds(ids: readonly string[]): Promise<Task[]>;
  /** Newest first. */
  latest(count: number): Promise<Task[]>;
};

/** @param fractions How far running tasks are, by id. */
export function createTaskReader(db: Db, fractions: ReadonlyMap<string, number>): TaskReader {
  async function complete(rows: readonly TaskRow[]): Promise<Task[]> {
    if (rows.length === 0) return [];
    const pictures = await db
      .selectFrom('task_pictures')
      .selectAll()
      .where(
        'task_id',
        'in',
        rows.map(({ id }) => id),
      )
      .where('is_result', '=', true)
      .orderBy('index')
      .execute();
    const byTask = Map.groupBy(pictures, (picture) => picture.task_id);
    return rows.map((row) => toTask(row, byTask.get(row.id) ?? [], fractions.get(row.id)));
  }
  return {
    byIds: async (ids) => {
      if (ids.length === 0) return [];
      return complete(await db.selectFrom('tasks').selectAll().where('id', 'in', ids).execute());
    },
    latest: async (count) =>
      complete(await db.selectFrom('tasks').selectAll().orderBy('id', 'desc').limit(count).execute()),
  };
}

function toTask(row: TaskRow, pictures: readonly TaskPictureTable[], fraction = 0): Task {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    ...(row.started_at && { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
    ...(row.state === 'running' && { fraction }),
    pictures: pictures.map(({ media, width, height, infotext }) => ({
      id: media.toString('hex'),
      width,
      height,
      url: mediaUrls(media).url,
      ...(infotext !== null && { infotext }),
    })),
    ...row.result,
    ...(row.error && { error: row.error }),
  };
}
