/** A1111's "Prompt matrix": `a|b|c` draws a with every combination of b and c. */
import type { Label } from './sheet/sheet.ts';
import { requireFewDrawings } from './limits.ts';
import { type Script, withFixedSeeds } from './script.ts';

export const promptMatrix: Script<'prompt matrix'> = {
  expand: (open, args, world) => {
    const {
      atStart = false,
      differentSeeds = false,
      of = 'positive',
      delimiter = 'comma',
      margin = 0,
    } = args;
    const recipe = { ...withFixedSeeds(open, world), batchSize: 1, batchCount: 1 };
    const [base, ...options] = (of === 'positive' ? recipe.prompt : recipe.negativePrompt).split('|');
    const count = 2 ** options.length;
    requireFewDrawings(count);

    const words = (combination: number): string => {
      const chosen = options.filter((_, bit) => isIn(combination, bit)).map(trimmed);
      const parts = atStart ? [...chosen, base] : [base, ...chosen];
      return parts.join(delimiter === 'comma' ? ', ' : ' ');
    };
    const drawings = Array.from({ length: count }, (_, index) => ({
      recipe: {
        ...recipe,
        [of === 'positive' ? 'prompt' : 'negativePrompt']: words(index),
        seed: recipe.seed + (differentSeeds ? index : 0),
      },
    }));
    const across = options.slice(0, Math.ceil(options.length / 2));
    const down = options.slice(across.length);
    return {
      drawings,
      sheets: [
        {
          columns: 2 ** across.length,
          places: drawings.map((_, variant) => ({ variant })),
          columnLabels: combinations(across),
          rowLabels: combinations(down),
          margin,
          like: 0,
          notes: [],
        },
      ],
    };
  },
};

function isIn(combination: number, bit: number): boolean {
  return (combination & (1 << bit)) !== 0;
}

/** Spaces and then commas at both ends go, as in A1111. */
function trimmed(part: string): string {
  return part.trim().replace(/^,+|,+$/g, '');
}

/** For every combination all the parts, those that are not in it struck. */
function combinations(parts: readonly string[]): Label[] {
  return Array.from({ length: 2 ** parts.length }, (_, combination) =>
    parts.map((text, bit) => ({ text, struck: !isIn(combination, bit) })),
  );
}
