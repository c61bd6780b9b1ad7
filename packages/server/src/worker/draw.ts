/** Draws one generation from its row to its pictures, whatever happens on the way. */
import { AppError } from '@bottega/contract';
import { isDiskFull } from '../config/data-folder.ts';
import type { Db } from '../db/connect.ts';
import type { Logger } from '../log/logger.ts';
import type { Backoff } from './backoff.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Engine } from './engine.ts';
import { explainFailure } from './failure.ts';
import type { Begun, JobStore } from './job-store.ts';
import type { ModelSlot } from './model-slot.ts';
import { createReporter } from './reporter.ts';
import { remainingRequest } from './request.ts';
import { startOf } from './start.ts';

export type DrawParts = {
  readonly db: Db;
  readonly jobs: JobStore;
  readonly engine: Engine;
  readonly slot: ModelSlot;
  readonly version: string;
  readonly media: Pick<MediaStore, 'get'>;
  readonly mediaFolder: string;
  /** While nothing can be stored, jobs rest before each new attempt; finished pictures are kept. */
  readonly storageRest: Backoff;
  readonly log: Logger;
};

/** Why a drawing is aborted: `cancelled` by a person, `stopping` because the process ends. */
export type AbortReason = 'cancelled' | 'stopping';

/** Resolves when the generation has ended or is back in the queue; throws only where the database is away. */
export async function draw(id: string, parts: DrawParts, signal: AbortSignal): Promise<void> {
  const { jobs, storageRest, log } = parts;
  const begun = await jobs.begin(id);
  if (begun === undefined) return;
  try {
    const isWhole = await drawAll(id, begun, parts, signal);
    storageRest.reset();
    if (isWhole) await jobs.end(id, 'done');
  } catch (thrown) {
    const error = isDiskFull(thrown) ? new AppError('storage.full', { folder: parts.mediaFolder }) : thrown;
    if (signal.aborted) {
      const reason = signal.reason as AbortReason;
      await (reason === 'stopping' ? jobs.putBack(id) : jobs.end(id, 'cancelled'));
    } else if (error instanceof AppError && error.code.startsWith('storage.')) {
      log.warn(error.message, { generation: id });
      await jobs.putBack(id, storageRest.next());
    } else {
      await jobs.end(id, 'failed', explainFailure(error, id, log));
    }
  }
}

/** @returns false where the generation was deleted meanwhile. */
async function drawAll(id: string, begun: Begun, parts: DrawParts, signal: AbortSignal): Promise<boolean> {
  const { db, jobs, engine, slot, media, version, log } = parts;
  const remaining = remainingRequest(begun.recipe, begun.stored);
  if (remaining === undefined) return true;
  signal.throwIfAborted();
  const model = await slot.get(begun.modelPath, begun.sha256);
  const report = createReporter(db, id, remaining, log);
  const { request } = remaining;
  const options = { signal, previewEvery: 1, version };
  const { start } = begun.recipe;
  const events =
    start === undefined
      ? engine.textToImage(model, request, options)
      : engine.imageToImage(model, { ...request, ...(await startOf(start, media)) }, options);
  for await (const event of events) {
    if (event.type === 'step') report(event);
    if (event.type !== 'picture') continue;
    const index = remaining.skipped + event.index;
    if (!begun.stored.has(index) && !(await jobs.keep(id, begun.recipe, { ...event, index }))) return false;
  }
  return true;
}
