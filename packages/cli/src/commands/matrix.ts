/** `bottega matrix`: A1111's prompt matrix without a server. */
import { type Command, UsageError } from '../command.ts';
import { drawingOptions, sheetOptions } from '../drawing-options.ts';
import { given, number, text } from '../options.ts';

export const matrix: Command = {
  summary: 'draw words with and without each of their parts, as one labelled picture',
  usage: '"WORDS|PART|PART" [-o FILE.png] [OPTIONS]',
  options: {
    'at-start': { type: 'boolean', description: 'put the parts before the words' },
    'different-seeds': { type: 'boolean', description: 'give each picture the next seed' },
    ...sheetOptions,
    ...drawingOptions,
  },
  examples: ['bottega matrix "a cat|at night|in the snow" -o cats.png'],
  run: async (context) => {
    const { values, words } = context;
    if (words.length === 0) throw new UsageError('Say in words what to draw, such as "a cat|at night".');
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: words.join(' '),
      output: text(values, 'output') ?? 'matrix.png',
      savesPictures: values.pictures === true,
      script: {
        name: 'prompt matrix',
        atStart: values['at-start'] === true,
        differentSeeds: values['different-seeds'] === true,
        ...given({ margin: number(values, 'margin') }),
      },
    });
  },
};
