/** Scripts without a server: planned from model files, drawn by whoever asks. */
import type { ModelInfo, RecipeInput } from '@bottega/contract';
import type { TextToImageRequest } from '@bottega/diffusion';
import type { Size } from '../media/inputs.ts';
import { choices } from '../models/choices.ts';
import { describeModel } from '../models/describe.ts';
import type { FoundFile } from '../models/scan.ts';
import { drawSeed, parseRecipe, resolveRecipe } from '../studio/resolve.ts';
import { remainingRequest } from '../worker/request.ts';
import { closestModel } from './closest-model.ts';
import { makePlan } from './make-plan.ts';
import { type Part, partsOf, type Plan } from './plan.ts';

export { createTileCutter, type TileCutter } from '../worker/tile-cutter.ts';
export { type Part, picturesOf, type Plan } from './plan.ts';
export { withNotes } from './notes.ts';
export { decode } from './sheet/decode.ts';
export { sheetMaker } from './sheet/make-sheet.ts';

/**
 * @param recipe With a script; `model` is the name of a file.
 * @param files All that it may name; the first is the default.
 * @param sizes Of the pictures that its `start` names, by any ids of 64 hexadecimal digits.
 * @throws AppError, EngineError as accepting such an order does.
 */
export async function planOffline(
  recipe: RecipeInput & { readonly script: NonNullable<RecipeInput['script']> },
  files: readonly FoundFile[],
  sizes: ReadonlyMap<string, Size> = new Map(),
): Promise<{ readonly plan: Plan; readonly parts: readonly Part[] }> {
  const models: ModelInfo[] = [];
  for (const file of files) {
    models.push({ ...(await describeModel(file)), title: file.fileName, isDefault: models.length === 0 });
  }
  const find = (name: string | undefined): ModelInfo => {
    const found = models.find((model) => name === undefined || [model.name, model.fileName].includes(name));
    // Names that nothing goes by end the search for the closest, or were checked before.
    if (found === undefined) throw new Error(`no model ${name}`);
    return found;
  };
  const pathOf = (name: string): string => files.find((file) => file.name === name)?.path ?? '';
  const resolve = (one: RecipeInput) => resolveRecipe(parseRecipe(one), find, choices, { sizes });
  const { script } = parseRecipe(recipe);
  const base = resolve(recipe);
  const open = { ...parseRecipe(recipe), script: script ?? recipe.script };
  const world = {
    randomSeed: drawSeed,
    sizeOf: (media: string) => sizes.get(media),
    vaes: [],
    closestModel: (words: string) => closestModel(words, models, find),
  };
  const { recipe: full, plan } = makePlan(open, base, { world, resolve, pathOf });
  return { plan, parts: partsOf(full, pathOf(full.model), plan) };
}

/** A part as an order to the engine. */
export function requestOf({ recipe }: Part): TextToImageRequest {
  const whole = remainingRequest(recipe, new Set());
  if (whole === undefined) throw new Error('a part without pictures');
  return whole.request;
}
