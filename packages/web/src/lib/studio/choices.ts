/** Names of models, samplers and schedules as recipes may write them, matched to those that are offered. */
import type { Choices, ModelInfo, Recipe } from '@bottega/contract';

const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** The installed model that `text` means: its name, title, file name, or the beginning of its SHA-256. */
export function findModel(models: readonly ModelInfo[], text: string): ModelInfo | undefined {
  return models.find(
    (model) =>
      [model.name, model.title, model.fileName].some((name) => same(name, text)) ||
      (text.length >= 8 && model.sha256?.startsWith(text.toLowerCase())),
  );
}

function samplerName(text: string, { samplers }: Choices): string {
  const found = samplers.find(({ name, aliases }) => [name, ...aliases].some((known) => same(known, text)));
  return found?.name ?? text;
}

function schedulerLabel(text: string, { schedulers }: Choices): string {
  return schedulers.find(({ name, label }) => same(name, text) || same(label, text))?.label ?? text;
}

/** `recipe` in the names that the form's lists hold; names that nothing matches stay as they are. */
export function inOfferedNames(
  recipe: Partial<Recipe>,
  models: readonly ModelInfo[],
  choices: Choices,
): Partial<Recipe> {
  const { model, sampler, scheduler } = recipe;
  return {
    ...recipe,
    ...(model !== undefined && { model: findModel(models, model)?.name }),
    ...(sampler !== undefined && { sampler: samplerName(sampler, choices) }),
    ...(scheduler !== undefined && { scheduler: schedulerLabel(scheduler, choices) }),
  };
}

/** Models whose defaults are in the names that the form's lists hold. */
export function withOfferedDefaults(models: readonly ModelInfo[], choices: Choices): readonly ModelInfo[] {
  return models.map((model) => ({
    ...model,
    defaults: {
      ...model.defaults,
      sampler: samplerName(model.defaults.sampler, choices),
      scheduler: schedulerLabel(model.defaults.scheduler, choices),
    },
  }));
}
