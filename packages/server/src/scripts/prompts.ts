/** A1111's "Prompts from file or textbox": one drawing a line. */
import { invalidScript, requireFewDrawings } from './limits.ts';
import { readPromptLine } from './prompt-line.ts';
import type { OpenRecipe, Script } from './script.ts';

export const prompts: Script<'prompts from file or textbox'> = {
  expand: (recipe, args, world) => {
    const { iterateSeed = false, sameSeed = false, position = 'start' } = args;
    const lines = args.lines
      .split(/\r\n|[\n\r\v\f\u2028\u2029]/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (lines.length === 0) throw invalidScript('has no line with a prompt', 'script.lines');
    requireFewDrawings(lines.length);
    const isFixed = (iterateSeed || sameSeed) && recipe.seed === -1;
    const first = isFixed ? world.randomSeed() : recipe.seed;
    const step = iterateSeed ? recipe.batchSize * recipe.batchCount : 0;
    const drawings = lines.map((line, index) => {
      const { prompt, negativePrompt, change } = readPromptLine(line, world);
      const seeded: OpenRecipe = {
        ...recipe,
        seed: first === -1 ? -1 : first + index * step,
        prompt: joined(prompt, recipe.prompt, position),
        negativePrompt: joined(negativePrompt, recipe.negativePrompt, position),
      };
      return { recipe: change(seeded) };
    });
    return { drawings, sheets: [] };
  },
};

/** A line's words with those of the recipe, where both have some. */
function joined(line: string | undefined, own: string, position: 'start' | 'end'): string {
  if (line === undefined || line === '') return line ?? own;
  if (own === '') return line;
  return position === 'start' ? `${line} ${own}` : `${own} ${line}`;
}
