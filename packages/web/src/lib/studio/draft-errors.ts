/** What is wrong with the form, field by field, before the server is asked. The limits are the contract's (a test compares). */
import type { Draft } from './draft.ts';

export type Field = Exclude<keyof Draft, 'extras'>;

type Limit = { readonly min: number; readonly max: number; readonly whole: boolean };

export const limits = {
  steps: { min: 1, max: 150, whole: true },
  width: { min: 8, max: 16384, whole: true },
  height: { min: 8, max: 16384, whole: true },
  cfgScale: { min: 0, max: 100, whole: false },
  seed: { min: -1, max: 4294967295, whole: true },
  batchSize: { min: 1, max: 16, whole: true },
  batchCount: { min: 1, max: 100, whole: true },
} as const satisfies Partial<Record<Field, Limit>>;
export type NumberField = keyof typeof limits;

export const promptLimit = 100_000;

/** A problem that the page can put into words. */
export type Problem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'long'; readonly max: number }
  | { readonly kind: 'no-model' };
export type Problems = Partial<Readonly<Record<Field, Problem>>>;

/** Fields in the order in which they stand on the page, for moving to the first that is wrong. */
export const fieldOrder: readonly Field[] = [
  'prompt',
  'negativePrompt',
  'model',
  'width',
  'height',
  'steps',
  'cfgScale',
  'sampler',
  'scheduler',
  'seed',
  'batchCount',
  'batchSize',
];

function problemOf(value: number | null, limit: Limit): Problem | undefined {
  if (value === null || Number.isNaN(value)) return { kind: 'missing' };
  if (limit.whole && !Number.isInteger(value)) return { kind: 'whole' };
  if (value < limit.min || value > limit.max) return { kind: 'range', min: limit.min, max: limit.max };
  return undefined;
}

/** Every problem of the form; an empty object where it can be sent. */
export function checkDraft(draft: Draft): Problems {
  const problems: Partial<Record<Field, Problem>> = {};
  for (const field of ['prompt', 'negativePrompt'] as const) {
    if (draft[field].length > promptLimit) problems[field] = { kind: 'long', max: promptLimit };
  }
  if (draft.model === '') problems.model = { kind: 'no-model' };
  for (const field of Object.keys(limits) as NumberField[]) {
    if (field === 'seed' && draft.seed === null) continue;
    const problem = problemOf(draft[field], limits[field]);
    if (problem !== undefined) problems[field] = problem;
  }
  return problems;
}

/** The field that a server's error names, where the form has it: `recipe.steps` and `steps` are both steps. */
export function fieldOf(name: string | undefined): Field | undefined {
  const last = name?.split('.').at(-1);
  return fieldOrder.find((field) => field === last);
}
