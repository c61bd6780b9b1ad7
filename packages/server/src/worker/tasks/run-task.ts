/** Does one task from its row to its result, whatever happens on the way. */
import { AppError } from '@bottega/contract';
import { isDiskFull } from '../../config/data-folder.ts';
import type { Db } from '../../db/connect.ts';
import { notify } from '../../events/channel.ts';
import type { Logger } from '../../log/logger.ts';
import type { MediaStore } from '../../media/media-store.ts';
import type { TaskRequest, TaskResult } from '../../tasks/kinds.ts';
import type { Backoff } from '../backoff.ts';
import type { AbortReason } from '../draw.ts';
import { explainFailure } from '../failure.ts';
import type { BegunTask, TaskStore } from './task-store.ts';
import { merge } from './merge.ts';
import { upscale } from './upscale.ts';

export type TaskParts = {
  readonly db: Db;
  readonly store: TaskStore;
  readonly media: Pick<MediaStore, 'get'>;
  readonly mediaFolder: string;
  /** Where upscalers lie. */
  readonly modelFolders: readonly string[];
  readonly settings: {
    readonly mode: 'default' | 'fast' | 'int8';
    readonly threads?: number;
    readonly device: string;
  };
  readonly storageRest: Backoff;
  readonly log: Logger;
};

/** What a task may use while it runs. */
export type Run = {
  readonly id: string;
  readonly begun: BegunTask;
  readonly parts: TaskParts;
  readonly signal: AbortSignal;
  /** Tells how far it is, 0 to 1. */
  readonly report: (fraction: number) => void;
};

function perform(request: TaskRequest, run: Run): Promise<TaskResult | undefined> {
  switch (request.kind) {
    case 'upscale':
      return upscale(request, run);
    case 'merge':
      return merge(request, run);
  }
}

/** Resolves when the task has ended or is back in the queue; throws only where the database is away. */
export async function runTask(id: string, parts: TaskParts, signal: AbortSignal): Promise<void> {
  const { db, store, storageRest, log } = parts;
  const begun = await store.begin(id);
  if (begun === undefined) return;
  try {
    signal.throwIfAborted();
    const run = { id, begun, parts, signal, report: createReport(db, id, log) };
    const result = await perform(begun.request, run);
    storageRest.reset();
    await store.end(id, 'done', { result });
  } catch (thrown) {
    const error = isDiskFull(thrown) ? new AppError('storage.full', { folder: parts.mediaFolder }) : thrown;
    if (signal.aborted) {
      const reason = signal.reason as AbortReason;
      await (reason === 'stopping' ? store.putBack(id) : store.end(id, 'cancelled'));
    } else if (error instanceof AppError && error.code.startsWith('storage.')) {
      log.warn(error.message, { task: id });
      await store.putBack(id, storageRest.next());
    } else {
      await store.end(id, 'failed', { error: explainFailure(error, id, log) });
    }
  }
}

const reportEveryMs = 100;

/** Often enough to watch; one report at a time. */
function createReport(db: Db, id: string, log: Logger): (fraction: number) => void {
  let last = 0;
  let sending = false;
  return (fraction) => {
    const now = performance.now();
    if (sending || now - last < reportEveryMs) return;
    last = now;
    sending = true;
    void notify(db, 'bottega_events', { type: 'task-progress', id, fraction })
      .catch((error: unknown) => log.debug('a step could not be reported', { error }))
      .finally(() => (sending = false));
  };
}
