/** Axes that change the words. */
import { invalidScript } from '../limits.ts';
import type { OpenRecipe } from '../script.ts';
import type { AxisContext } from './axis.ts';

/** "Prompt S/R": the first value is looked for, and every value takes its place. */
export function searchAndReplace(
  recipe: OpenRecipe,
  value: string,
  { values, field }: AxisContext,
): OpenRecipe {
  const wanted = String(values[0]);
  const { prompt, negativePrompt } = recipe;
  if (!prompt.includes(wanted) && !negativePrompt.includes(wanted)) {
    throw invalidScript(`"${wanted.slice(0, 100)}" is in neither prompt`, field);
  }
  return {
    ...recipe,
    prompt: prompt.replaceAll(wanted, () => value),
    negativePrompt: negativePrompt.replaceAll(wanted, () => value),
  };
}

/** "Prompt order": the places where the values stand in the prompt take them in another order. */
export function reorder(recipe: OpenRecipe, order: readonly string[], { field }: AxisContext): OpenRecipe {
  const found = order.map((words) => ({ words, at: recipe.prompt.indexOf(words) }));
  const missing = found.find(({ at }) => at === -1);
  if (missing !== undefined)
    throw invalidScript(`"${missing.words.slice(0, 100)}" is not in the prompt`, field);
  let rest = recipe.prompt;
  let prompt = '';
  for (const [index, { words }] of found.toSorted((a, b) => a.at - b.at).entries()) {
    const at = rest.indexOf(words);
    if (at === -1) throw invalidScript('has values that overlap in the prompt', field);
    prompt += rest.slice(0, at) + order[index];
    rest = rest.slice(at + words.length);
  }
  return { ...recipe, prompt: prompt + rest };
}

/** "Styles": names, separated by commas, after those of the recipe. */
export function addStyles(recipe: OpenRecipe, names: string): OpenRecipe {
  return { ...recipe, styles: [...(recipe.styles ?? []), ...names.split(',').map((name) => name.trim())] };
}
