/** Draws one generation from its row to its pictures, whatever happens on the way. */
import { AppError } from '@bottega/contract';
import { isDiskFull } from '../config/data-folder.ts';
import type { Db } from '../db/connect.ts';
import type { Logger } from '../log/logger.ts';
import type { Backoff } from './backoff.ts';
import { failureBefore, type Part, partsOf } from '../scripts/plan.ts';
import { drawPart, remainingOf } from './draw-part.ts';
import { explainFailure, isEngineError } from './failure.ts';
import type { Begun, Failure, JobStore } from './job-store.ts';
import { keepSheets } from './keep-sheets.ts';
import type { PartTools } from './open-part.ts';
import { createWholeProgress } from './progress.ts';
import { createTileCutter, type TileCutterSettings } from './tile-cutter.ts';

export type DrawParts = PartTools & {
  readonly db: Db;
  readonly jobs: JobStore;
  readonly mediaFolder: string;
  /** For what is opened beside models: upscalers. */
  readonly settings: TileCutterSettings;
  /** While nothing can be stored, jobs rest before each new attempt; finished pictures are kept. */
  readonly storageRest: Backoff;
  readonly log: Logger;
};

/** Why a drawing is aborted: `cancelled` by a person, `stopping` because the process ends. */
export type AbortReason = 'cancelled' | 'stopping';

/** Comes from a job's signal when its present drawing is to be left for the next. */
export const skipEvent = 'skip';

/** Resolves when the generation has ended or is back in the queue; throws only where the database is away. */
export async function draw(id: string, parts: DrawParts, signal: AbortSignal): Promise<void> {
  const { jobs, storageRest, log } = parts;
  const begun = await jobs.begin(id);
  if (begun === undefined) return;
  const job: Job = {
    begun,
    all: partsOf(begun.recipe, begun.modelPath, begun.plan),
    stored: new Map(begun.stored),
    failures: new Map(),
  };
  try {
    const isWhole = await drawAll(id, job, parts, signal);
    storageRest.reset();
    if (isWhole) await jobs.end(id, 'done', undefined, job.failures);
  } catch (thrown) {
    const error = isDiskFull(thrown) ? new AppError('storage.full', { folder: parts.mediaFolder }) : thrown;
    if (signal.aborted) {
      const reason = signal.reason as AbortReason;
      if (reason === 'stopping') return await jobs.putBack(id);
      await keepWhatThereIs(id, job, parts);
      await jobs.end(id, 'cancelled', undefined, job.failures);
    } else if (error instanceof AppError && error.code.startsWith('storage.')) {
      log.warn(error.message, { generation: id });
      await jobs.putBack(id, storageRest.next());
    } else {
      await jobs.end(id, 'failed', explainFailure(error, id, log));
    }
  }
}

/** A generation while it is drawn. */
type Job = {
  readonly begun: Begun;
  readonly all: readonly Part[];
  readonly stored: Map<number, Buffer>;
  /** By variant. */
  readonly failures: Map<number, Failure>;
};

/** A plot that is cancelled shows what was drawn until then, as A1111 does. */
async function keepWhatThereIs(id: string, { begun, all, stored }: Job, parts: DrawParts): Promise<void> {
  if (begun.plan === null || stored.size === 0) return;
  await keepSheets(id, begun.plan, all, stored, parts).catch((error: unknown) =>
    parts.log.warn('a sheet could not be kept', { generation: id, error }),
  );
}

/** Fails as a whole only where nothing can be drawn. @returns false where the generation was deleted meanwhile. */
async function drawAll(id: string, job: Job, parts: DrawParts, signal: AbortSignal): Promise<boolean> {
  const { begun, all, stored, failures } = job;
  const order = begun.plan?.order ?? [0];
  const cutTile = createTileCutter(parts.settings);
  const progress = createWholeProgress(order.map((variant) => all[variant].recipe));
  let last: unknown;
  for (const [place, variant] of order.entries()) {
    const part = all[variant];
    const remaining = remainingOf(part, stored);
    if (remaining === undefined) continue;
    const missing = begun.plan === null ? undefined : failureBefore(variant, begun.plan, failures);
    if (missing !== undefined) {
      failures.set(variant, missing);
      continue;
    }
    progress.begin(place, 1 - remaining.remainingBatches / remaining.batches);
    const skip = new AbortController();
    const onSkip = (): void => skip.abort();
    if (begun.plan !== null) signal.addEventListener(skipEvent, onSkip);
    try {
      const either = AbortSignal.any([signal, skip.signal]);
      const wishes = { begun, stored, signal: either, toWhole: progress.of, cutTile };
      if (!(await drawPart(id, part, remaining, parts, wishes))) return false;
    } catch (error) {
      if (signal.aborted) throw error;
      if (skip.signal.aborted) {
        failures.set(variant, explainFailure(new AppError('script.skipped'), id, parts.log));
        continue;
      }
      if (order.length === 1 || !isOfOnePart(error)) throw error;
      failures.set(variant, explainFailure(error, id, parts.log));
      last = error;
    } finally {
      signal.removeEventListener(skipEvent, onSkip);
    }
  }
  if (last !== undefined && failures.size === order.length) throw last;
  return begun.plan === null || keepSheets(id, begun.plan, all, stored, parts);
}

/** What one recipe of many may suffer while the others can be drawn. */
function isOfOnePart(error: unknown): boolean {
  return isEngineError(error) && !error.code.startsWith('runtime.');
}
