/** A1111's built-in "Soft inpainting". */
import type { AlwaysOnScript } from './always-on.ts';
import { readArguments } from './arguments.ts';

const described = [
  { label: 'Soft inpainting', value: false },
  { label: 'Schedule bias', value: 1, minimum: 0, maximum: 8, step: 0.1 },
  { label: 'Preservation strength', value: 0.5, minimum: 0, maximum: 8, step: 0.05 },
  { label: 'Transition contrast boost', value: 4, minimum: 1, maximum: 32, step: 0.5 },
  { label: 'Mask influence', value: 0, minimum: 0, maximum: 1, step: 0.05 },
  { label: 'Difference threshold', value: 0.5, minimum: 0, maximum: 8, step: 0.25 },
  { label: 'Difference contrast', value: 2, minimum: 0, maximum: 8, step: 0.25 },
] as const;

/** Without a mask it does nothing. */
export const softInpainting: AlwaysOnScript = {
  name: 'soft inpainting',
  on: ['img2img'],
  describe: () => described,
  apply: (recipe, given) => {
    const { start } = recipe;
    const args = readArguments(
      described.map(({ value }, i) => given[i] ?? value),
      described.length,
    );
    if (start?.mask === undefined || !args.flag(0)) return recipe;
    const soft = {
      scheduleBias: args.number(1),
      preservationStrength: args.number(2),
      transitionContrastBoost: args.number(3),
      maskInfluence: args.number(4),
      differenceThreshold: args.number(5),
      differenceContrast: args.number(6),
    };
    return { ...recipe, start: { ...start, mask: { ...start.mask, soft } } };
  },
};
