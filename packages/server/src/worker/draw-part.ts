/** Draws one of a generation's recipes: without a script its only one. */
import type { Progress } from '@bottega/contract';
import type { ResolvedRecipe } from '../db/schema.ts';
import type { Part } from '../scripts/plan.ts';
import { controlsOf } from './controls.ts';
import type { DrawParts } from './draw.ts';
import type { Begun } from './job-store.ts';
import { progressOf } from './progress.ts';
import { createReporter } from './reporter.ts';
import { type Remaining, remainingRequest } from './request.ts';
import { secondPassOf } from './second-pass.ts';
import { startOf } from './start.ts';
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
  const { db, jobs, engine, slot, media, version, log } = parts;
  signal.throwIfAborted();
  const { recipe, modelPath } = part;
  const vae = await parts.files.vaeFor(recipe, modelPath);
  const model = await slot.get({ path: modelPath, sha256: begun.hashes.get(modelPath), vae });
  const refinerFile = await parts.files.refinerOf(recipe);
  const refiner = refinerFile && {
    model: await slot.get(refinerFile, [model]),
    switchAt: recipe.refiner?.switchAt,
  };
  const report = createReporter(db, id, (step) => toWhole(progressOf(step, remaining)), log);
  const controls = await controlsOf(part.recipe.controls ?? [], parts.controls, media);
  const hires = await secondPassOf(part.recipe.hires, model, parts);
  const request = {
    ...remaining.request,
    ...(controls.length > 0 && { controls }),
    ...(refiner && { refiner }),
    ...(hires && { hires }),
  };
  const adapters = await parts.adapters.lookup();
  const upscalerFolders = parts.modelFolders;
  const options = { signal, previewEvery: 1, version, adapters, upscalerFolders };
  const { start } = startingFrom(part, stored);
  const engineStart = start && (await startOf(start, media));
  const images = engineStart && (await cutTile(part, engineStart.images, { signal }));
  const events =
    engineStart === undefined || images === undefined
      ? engine.textToImage(model, request, options)
      : engine.imageToImage(model, { ...request, ...engineStart, images }, options);
  for await (const event of events) {
    if (event.type === 'started')
      for (const warning of event.warnings ?? []) log.warn(warning, { generation: id });
    if (event.type === 'step') report(event);
    if (event.type !== 'picture') continue;
    const index = part.first + remaining.skipped + event.index;
    if (stored.has(index)) continue;
    const infotext = await noted(event.infotext, part);
    const file = await jobs.keep(id, part.recipe, { ...event, infotext, index, as: part.tile && 'tile' });
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

/** Its recipe with the picture that an earlier part has drawn for it. */
function startingFrom({ recipe, startsFrom }: Part, stored: ReadonlyMap<number, Buffer>): ResolvedRecipe {
  const file = startsFrom === undefined ? undefined : stored.get(startsFrom);
  if (file === undefined || recipe.start === undefined) return recipe;
  return { ...recipe, start: { ...recipe.start, images: [file.toString('hex')] } };
}

async function noted(infotext: string, { notes }: Part): Promise<string> {
  if (notes.length === 0) return infotext;
  // The engine has been loaded by now; before, a worker does without it.
  const { withNotes } = await import('../scripts/notes.ts');
  return withNotes(infotext, notes);
}
