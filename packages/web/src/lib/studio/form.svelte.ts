/** The recipe form's state: the draft, what is wrong with it, and sending it. */
import type { Choices, Generation, ModelInfo, Recipe } from '@bottega/contract';
import { ApiError, type Client } from '@bottega/contract/client';
import { textOfFailure } from '../language/error-text.ts';
import type { Language } from '../language/language.ts';
import { textOfProblem } from '../language/problem-text.ts';
import { announce } from '../site/announcer.svelte.ts';
import { findModel, inOfferedNames, withOfferedDefaults } from './choices.ts';
import { checkDraft, fieldOf, fieldOrder, type Field } from './draft-errors.ts';
import {
  emptyDraft,
  firstModel,
  toRecipe,
  withModel,
  withRecipe,
  type Draft,
  type ExtraField,
} from './draft.ts';
import { restoreDraft } from './saved-draft.ts';

export type RecipeForm = ReturnType<typeof createForm>;
type Texts = Partial<Readonly<Record<Field, string>>>;

export function createForm(
  client: Client,
  language: Language,
  offered: { models: ModelInfo[]; choices: Choices },
) {
  const { t, format } = language;
  let models = $state.raw(withOfferedDefaults(offered.models, offered.choices));
  let draft = $state.raw<Draft>(startingDraft());
  let errors = $state.raw<Texts>({});
  let failure = $state<string>();
  let notice = $state<string>();
  let sending = $state(false);

  function startingDraft(): Draft {
    return emptyDraft(firstModel(models));
  }

  const modelNamed = (name: string): ModelInfo | undefined => models.find((model) => model.name === name);

  function textsOf(checked: Draft): Texts {
    return Object.fromEntries(
      Object.entries(checkDraft(checked)).map(([field, problem]) => [
        field,
        textOfProblem(language, problem),
      ]),
    );
  }

  function change(next: Draft): void {
    draft = next;
    failure = undefined;
    // A field that was found wrong is looked at again while it is mended; others are left alone until sending.
    const now = textsOf(next);
    errors = Object.fromEntries(
      Object.keys(errors).flatMap((field) => (field in now ? [[field, now[field as Field]]] : [])),
    );
  }

  function fail(error: unknown): void {
    const field = error instanceof ApiError ? fieldOf(error.field) : undefined;
    const text = textOfFailure(t, error);
    if (field === undefined) failure = text;
    else errors = { ...errors, [field]: text };
    announce(text);
  }

  return {
    choices: offered.choices,
    get models() {
      return models;
    },
    get model() {
      return modelNamed(draft.model);
    },
    get draft() {
      return draft;
    },
    get errors() {
      return errors;
    },
    /** What went wrong that no field can be blamed for. */
    get failure() {
      return failure;
    },
    /** What happened to the form: a recipe was taken over, a model is missing. */
    get notice() {
      return notice;
    },
    get sending() {
      return sending;
    },
    /** The first field that is wrong, in the order of the page. */
    get firstWrong(): Field | undefined {
      return fieldOrder.find((field) => field in errors);
    },
    set<Name extends Field>(field: Name, value: Draft[Name]): void {
      const to = field === 'model' ? modelNamed(String(value)) : undefined;
      change(to === undefined ? { ...draft, [field]: value } : withModel(draft, modelNamed(draft.model), to));
    },
    dropExtra(field: ExtraField): void {
      const { [field]: _, ...extras } = draft.extras;
      change({ ...draft, extras });
    },
    restore(kept: string | null): void {
      draft = restoreDraft(kept, models);
    },
    reset(): void {
      errors = {};
      notice = undefined;
      change(emptyDraft(modelNamed(draft.model) ?? firstModel(models)));
    },
    /** Takes a recipe over; `missing` names a model that it wants and that is not here. */
    fill(recipe: Partial<Recipe>, missing?: string): void {
      const offeredRecipe = inOfferedNames(recipe, models, offered.choices);
      const absent =
        missing ??
        (recipe.model !== undefined && !findModel(models, recipe.model) ? recipe.model : undefined);
      errors = {};
      change(withRecipe(draft, offeredRecipe));
      notice = absent === undefined ? t.drop.done : `${t.drop.done} ${t.drop.missingModel(absent)}`;
      announce(notice);
    },
    async readPicture(file: Blob): Promise<void> {
      notice = t.drop.reading;
      failure = undefined;
      try {
        const { recipe, missingModel } = await client.readRecipe(file);
        this.fill(recipe, missingModel);
      } catch (error) {
        notice = undefined;
        fail(error);
      }
    },
    async reloadModels(refresh: boolean): Promise<void> {
      try {
        const found = await (refresh ? client.refreshModels() : client.listModels());
        models = withOfferedDefaults(found.models, offered.choices);
        const first = firstModel(models);
        if (modelNamed(draft.model) === undefined && first !== undefined)
          change(withModel(draft, undefined, first));
        if (refresh) announce(t.form.modelsFound(models.length, format.number(models.length)));
      } catch (error) {
        fail(error);
      }
    },
    /** Sends the recipe. The form stays as it is, whatever happens. */
    async submit(): Promise<Generation | undefined> {
      if (sending) return undefined;
      failure = undefined;
      notice = undefined;
      errors = textsOf(draft);
      const wrong = Object.keys(errors).length;
      if (wrong > 0) {
        announce(t.problems.several(wrong, format.number(wrong)));
        return undefined;
      }
      sending = true;
      try {
        return await client.createGeneration(toRecipe(draft));
      } catch (error) {
        fail(error);
        return undefined;
      } finally {
        sending = false;
      }
    },
  };
}
