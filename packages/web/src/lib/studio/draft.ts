/** The form as the person sees it: a recipe in the making. Pure; the components only show and change it. */
import type { ModelInfo, Recipe, RecipeInput } from '@bottega/contract';

/** Parts of a recipe without a field of their own; a picture that was dropped may bring them. */
export const extraFields = [
  'clipSkip',
  'subseed',
  'subseedStrength',
  'seedResizeFrom',
  'emphasis',
  'randomSource',
  'etaNoiseSeedDelta',
  'samplerOptions',
] as const;
export type ExtraField = (typeof extraFields)[number];
export type Extras = { readonly [Field in ExtraField]?: RecipeInput[Field] };

/** `null` is a field that holds no number (yet); a seed of `null` is a random one. */
export type Draft = {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Name of an installed model, '' where none is. */
  readonly model: string;
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly cfgScale: number | null;
  readonly seed: number | null;
  readonly batchSize: number | null;
  readonly batchCount: number | null;
  readonly extras: Extras;
};

/** The model to start with: the program's default, else the first that can be used. */
export function firstModel(models: readonly ModelInfo[]): ModelInfo | undefined {
  const usable = models.filter((model) => model.problem === undefined);
  return usable.find((model) => model.isDefault) ?? usable[0];
}

/** An empty form for `model`. */
export function emptyDraft(model: ModelInfo | undefined): Draft {
  return {
    prompt: '',
    negativePrompt: '',
    model: model?.name ?? '',
    sampler: model?.defaults.sampler ?? '',
    scheduler: model?.defaults.scheduler ?? '',
    steps: model?.defaults.steps ?? null,
    width: model?.defaults.width ?? null,
    height: model?.defaults.height ?? null,
    cfgScale: model?.defaults.cfgScale ?? null,
    seed: null,
    batchSize: 1,
    batchCount: 1,
    extras: {},
  };
}

const modelFields = ['sampler', 'scheduler', 'steps', 'width', 'height', 'cfgScale'] as const;

/** Another model: what still stood at the old one's defaults takes the new one's, what was chosen stays. */
export function withModel(draft: Draft, from: ModelInfo | undefined, to: ModelInfo): Draft {
  const untouched = modelFields.filter(
    (field) => from === undefined || draft[field] === from.defaults[field],
  );
  const sizeTouched = !untouched.includes('width') || !untouched.includes('height');
  const taken = untouched
    .filter((field) => !(sizeTouched && (field === 'width' || field === 'height')))
    .map((field) => [field, to.defaults[field]]);
  return { ...draft, ...Object.fromEntries(taken), model: to.name };
}

/** What these parts are where nobody says otherwise: not worth showing. */
const usual: { readonly [Field in ExtraField]?: unknown } = {
  clipSkip: 1,
  subseedStrength: 0,
  emphasis: 'Original',
  randomSource: 'NV',
  etaNoiseSeedDelta: 0,
};

function extrasOf(recipe: Partial<Recipe>): Extras {
  const varied = (recipe.subseedStrength ?? 0) > 0;
  const worth = extraFields.filter(
    (field) =>
      recipe[field] !== undefined && recipe[field] !== usual[field] && (field !== 'subseed' || varied),
  );
  return Object.fromEntries(worth.map((field) => [field, recipe[field]]));
}

/** The form filled from a recipe; what the recipe leaves open stays as it is. */
export function withRecipe(draft: Draft, recipe: Partial<Recipe>): Draft {
  return {
    prompt: recipe.prompt ?? draft.prompt,
    negativePrompt: recipe.negativePrompt ?? (recipe.prompt === undefined ? draft.negativePrompt : ''),
    model: recipe.model ?? draft.model,
    sampler: recipe.sampler ?? draft.sampler,
    scheduler: recipe.scheduler ?? draft.scheduler,
    steps: recipe.steps ?? draft.steps,
    width: recipe.width ?? draft.width,
    height: recipe.height ?? draft.height,
    cfgScale: recipe.cfgScale ?? draft.cfgScale,
    seed: recipe.seed === undefined || recipe.seed < 0 ? null : recipe.seed,
    batchSize: recipe.batchSize ?? 1,
    batchCount: recipe.batchCount ?? 1,
    extras: extrasOf(recipe),
  };
}

/** The recipe of one finished picture: its own seed, alone. Drawing it again gives the same picture. */
export function recipeOfPicture(recipe: Recipe, seed: number): Recipe {
  return { ...recipe, seed, batchSize: 1, batchCount: 1 };
}

/** What is sent; call only when `checkDraft` finds nothing. */
export function toRecipe(draft: Draft): RecipeInput {
  return {
    prompt: draft.prompt,
    negativePrompt: draft.negativePrompt,
    ...(draft.model !== '' && { model: draft.model }),
    ...(draft.sampler !== '' && { sampler: draft.sampler }),
    ...(draft.scheduler !== '' && { scheduler: draft.scheduler }),
    steps: draft.steps ?? undefined,
    width: draft.width ?? undefined,
    height: draft.height ?? undefined,
    cfgScale: draft.cfgScale ?? undefined,
    seed: draft.seed ?? -1,
    batchSize: draft.batchSize ?? 1,
    batchCount: draft.batchCount ?? 1,
    ...draft.extras,
  };
}

/** Pictures that the form asks for. */
export function pictureCount(draft: Draft): number {
  return (draft.batchSize ?? 0) * (draft.batchCount ?? 0);
}
