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
    ...(sampler !== undefined && {
      sampler:
        choices.samplers.find(({ name, aliases }) => [name, ...aliases].some((known) => same(known, sampler)))
          ?.name ?? sampler,
    }),
    ...(scheduler !== undefined && {
      scheduler:
        choices.schedulers.find(({ name, label }) => same(name, scheduler) || same(label, scheduler))?.name ??
        scheduler,
    }),
  };
}
