/** `bottega loopback`: A1111's loopback without a server. */
import { type Command, UsageError } from '../command.ts';
import { drawingOptions } from '../drawing-options.ts';
import { given, number, text } from '../options.ts';

const curves = ['Aggressive', 'Linear', 'Lazy'] as const;

export const loopback: Command = {
  summary: 'draw from a picture, then from what it became, and so on',
  usage: '"WORDS" --from FILE [-o FILE.png] [OPTIONS]',
  options: {
    loops: { type: 'string', value: 'N', description: 'how often, 1 to 32 (default 4)' },
    'final-strength': {
      type: 'string',
      value: 'X',
      description: 'where --strength goes, 0 to 1 (default 0.5)',
    },
    curve: {
      type: 'string',
      value: 'HOW',
      description: 'how it goes there: Linear (default), Aggressive or Lazy',
    },
    ...drawingOptions,
  },
  examples: [
    'bottega loopback "a castle" --from sketch.png --strength 0.7 --final-strength 0.3 -o castle.png',
  ],
  run: async (context) => {
    const { values, words } = context;
    if (words.length === 0) throw new UsageError('Say in words what to draw.');
    if (text(values, 'from') === undefined)
      throw new UsageError('Name a picture to start from: --from FILE.');
    const wanted = text(values, 'curve');
    const curve = curves.find((name) => name.toLowerCase() === wanted?.toLowerCase());
    if (wanted !== undefined && curve === undefined) {
      throw new UsageError(`--curve takes ${curves.join(', ')}, not "${wanted}".`);
    }
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: words.join(' '),
      output: text(values, 'output') ?? 'loopback.png',
      savesPictures: true,
      script: {
        name: 'loopback',
        ...given({ loops: number(values, 'loops'), finalStrength: number(values, 'final-strength'), curve }),
      },
    });
  },
};
