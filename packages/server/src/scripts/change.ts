/** Recipes that differ in few fields, written as what differs. */
import type { ResolvedRecipe } from '../db/schema.ts';

export type Change = {
  readonly set: Partial<ResolvedRecipe>;
  /** Fields that the changed recipe does not have. */
  readonly unset?: readonly string[];
};

/** `applyChange(base, changeOf(base, recipe))` is `recipe`, without the script of either. */
export function changeOf(base: ResolvedRecipe, recipe: ResolvedRecipe): Change {
  const fields = Object.entries(recipe).filter(
    ([name, value]) =>
      name !== 'script' && JSON.stringify(value) !== JSON.stringify(base[name as keyof ResolvedRecipe]),
  );
  const unset = Object.keys(base).filter((name) => name !== 'script' && !(name in recipe));
  return { set: Object.fromEntries(fields), ...(unset.length > 0 && { unset }) };
}

export function applyChange(base: ResolvedRecipe, { set, unset = [] }: Change): ResolvedRecipe {
  const left = new Set([...unset, 'script']);
  const kept = Object.entries(base).filter(([name]) => !left.has(name));
  return { ...Object.fromEntries(kept), ...set } as ResolvedRecipe;
}
