/** Draws one of a generation's recipes: without a script its only one. */
import type { Progress } from '@bottega/contract';
import type { Part } from '../scripts/plan.ts';
import type { DrawParts } from './draw.ts';
import type { Begun } from './job-store.ts';
import { openPart } from './open-part.ts';
import { progressOf } from './progress.ts';
import { createReporter } from './reporter.ts';
import { type Remaining, remainingRequest } from './request.ts';
import type { TileCutter } from './tile-cutter.ts';

export type PartWishes = {
  readonly begun: Begun;
  /** Pictures that exist, by their indices in the generation; what is drawn is added. */
  readonly stored: Map<number, Buffer>;
  readonly signal: AbortSignal;
  /** What this drawing's progress means for the whole. */
  readonly toWhole: (own: Progress) => Progress;
  readonly cutTile: TileCutter;
};

/**
 * Leaves out what exists.
 * @returns false where the generation was deleted meanwhile.
 * @throws what the engine and the stores throw; the signal's reason.
 */
export async function drawPart(
  id: string,
  part: Part,
  remaining: Remaining,
  parts: DrawParts,
  { begun, stored, signal, toWhole, cutTile }: PartWishes,
): Promise<boolean> {
  const { db, jobs, log } = parts;
  signal.throwIfAborted();
  const sha256 = begun.hashes.get(part.modelPath);
  const context = { sha256, stored, cutTile, signal, previewEvery: 1 };
  const events = await openPart(part, remaining.request, parts, context);
  const report = createReporter(db, id, (step) => toWhole(progressOf(step, remaining)), log);
  for await (const event of events) {
    if (event.type === 'started')
      for (const warning of event.warnings ?? []) log.warn(warning, { generation: id });
    if (event.type === 'step') report(event);
    if (event.type !== 'picture') continue;
    const index = part.first + remaining.skipped + event.index;
    if (stored.has(index)) continue;
    const infotext = await noted(event.infotext, part);
    const file = await jobs.keep(id, part.recipe, {
      ...event,
      infotext,
      index,
      as: (part.tile ?? part.piece) && 'tile',
    });
    if (file === undefined) return false;
    stored.set(index, file);
  }
  return true;
}

/** What of a part is not drawn yet; `undefined` where nothing is. */
export function remainingOf(
  { recipe, first }: Part,
  stored: ReadonlyMap<number, Buffer>,
): Remaining | undefined {
  return remainingRequest(recipe, { has: (index) => stored.has(first + index) });
}

async function noted(infotext: string, { notes }: Part): Promise<string> {
  if (notes.length === 0) return infotext;
  // The engine has been loaded by now; before, a worker does without it.
  const { withNotes } = await import('../scripts/notes.ts');
  return withNotes(infotext, notes);
}
