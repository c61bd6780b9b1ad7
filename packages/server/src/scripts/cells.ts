/** The drawings of a script as the API shows them. */
import type { Cell } from '@bottega/contract';
import type { GenerationRow } from '../db/schema.ts';
import { partsOf, picturesOf, type Plan } from './plan.ts';

export function cellsOf(
  { recipe, model_path: modelPath, part_errors: errors }: GenerationRow,
  plan: Plan,
  pictures: readonly { readonly index: number; readonly id: string }[],
): Cell[] {
  const ids = new Map(pictures.map(({ index, id }) => [index, id]));
  return partsOf(recipe, modelPath, plan).map((part) => {
    const indices = Array.from({ length: picturesOf(part.recipe) }, (_, i) => part.first + i);
    const error = errors?.[part.variant];
    return {
      ...plan.variants[part.variant].place,
      pictures: indices.flatMap((index) => ids.get(index) ?? []),
      ...(error && { error }),
    };
  });
}
