/** The form survives a reload: what `localStorage` keeps, read with mistrust. */
import type { ModelInfo } from '@bottega/contract';
import { emptyDraft, extraFields, firstModel, type Draft } from './draft.ts';

export const draftKey = 'bottega.draft.1';

export function saveDraft(draft: Draft): string {
  return JSON.stringify(draft);
}

/**
 * The kept form, or an empty one: fields of an unexpected type are dropped, and a model that is gone gives
 * way to the default.
 */
export function restoreDraft(text: string | null, models: readonly ModelInfo[]): Draft {
  const fallback = emptyDraft(firstModel(models));
  const kept = parse(text);
  if (kept === undefined) return fallback;
  const model = models.find(({ name, problem }) => name === kept.model && problem === undefined);
  const base = emptyDraft(model ?? firstModel(models));
  const fields = Object.keys(base).filter((field) => field !== 'extras' && field !== 'model') as Exclude<
    keyof Draft,
    'extras' | 'model'
  >[];
  const usable = fields.filter((field) => fits(kept[field], base[field], field === 'seed'));
  return {
    ...base,
    ...Object.fromEntries(usable.map((field) => [field, kept[field]])),
    extras: extrasOf(kept.extras),
  };
}

function parse(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fits(kept: unknown, base: unknown, mayBeNull: boolean): boolean {
  if (kept === null) return mayBeNull;
  return typeof base === 'string' ? typeof kept === 'string' : typeof kept === 'number';
}

function extrasOf(kept: unknown): Draft['extras'] {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(
    Object.entries(kept).filter(([key]) => extraFields.some((field) => field === key)),
  );
}
