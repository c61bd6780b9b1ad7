/** Plans an order from files alone. */
import type { ModelInfo, RecipeInput } from '@bottega/contract';
import type { ControlNets } from '../control-nets/control-nets.ts';
import type { Size } from '../media/inputs.ts';
import { choices } from '../models/choices.ts';
import { describeModel } from '../models/describe.ts';
import type { FoundFile } from '../models/scan.ts';
import type { Vaes } from '../models/vaes.ts';
import { type Part, partsOf, type Plan } from '../scripts/plan.ts';
import { readStyles } from '../styles/styles.ts';
import { type OrderParts, planOrder } from '../studio/plan-order.ts';
import { createUpscalers } from '../upscalers/upscalers.ts';
import { readWildcards } from '../wildcards/read-wildcards.ts';

/** Where everything lies that an order may name. */
export type OfflinePlaces = {
  /** Models; the first is the default. */
  readonly models: readonly FoundFile[];
  readonly vaes: Pick<Vaes, 'find' | 'list'>;
  readonly controlNets: Pick<ControlNets, 'find'>;
  /** In which upscalers lie. */
  readonly modelFolders: readonly string[];
  /** A file of saved styles and a folder of wildcards; neither need exist. */
  readonly styles: string;
  readonly wildcards: string;
};

/**
 * @param recipe Its models are names of files.
 * @param sizes Of the pictures that it names, by any ids of 64 hexadecimal digits.
 * @returns no plan where there is a single drawing.
 * @throws AppError, EngineError as accepting such an order does.
 */
export async function planOffline(
  recipe: RecipeInput,
  places: OfflinePlaces,
  sizes: ReadonlyMap<string, Size>,
): Promise<{ readonly plan: Plan | null; readonly parts: readonly Part[] }> {
  const models = await describedModels(recipe, places.models);
  const order = {
    ...places,
    models,
    upscalers: createUpscalers(places.modelFolders),
    choices,
    styles: () => readStyles(places.styles),
    wildcards: (text: string) => readWildcards(places.wildcards, text),
  };
  const planned = await planOrder(recipe, order, async () => sizes);
  return {
    plan: planned.plan,
    parts: partsOf(planned.recipe, models.pathOf(planned.recipe.model), planned.plan),
  };
}

/** A script may name any model; without one only those of the recipe are looked into. */
async function describedModels(
  { model, refiner, hires, script }: RecipeInput,
  files: readonly FoundFile[],
): Promise<OrderParts['models']> {
  const named = new Set([model ?? files.at(0)?.name, refiner?.model, hires?.model]);
  const models: ModelInfo[] = [];
  for (const file of files) {
    if (script === undefined && !named.has(file.name)) continue;
    models.push({ ...(await describeModel(file)), title: file.fileName, isDefault: file === files[0] });
  }
  return {
    list: () => models,
    find: (name) => {
      const found = models.find((one) =>
        name === undefined ? one.isDefault : [one.name, one.fileName].includes(name),
      );
      // Names that nothing goes by end the search for the closest, or were checked before.
      if (found === undefined) throw new Error(`no model ${name}`);
      return found;
    },
    pathOf: (name) => files.find((file) => file.name === name)?.path ?? '',
  };
}
