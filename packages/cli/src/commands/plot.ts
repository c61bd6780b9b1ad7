/** `bottega plot`: A1111's X/Y/Z plot without a server. */
import { type Command, UsageError, type Values } from '../command.ts';
import { drawingOptions, sheetOptions } from '../drawing-options.ts';
import { given, number, text } from '../options.ts';

export const plot: Command = {
  summary: 'draw every combination of values, as one labelled picture',
  usage: '"WORDS" --x AXIS=VALUES [--y AXIS=VALUES] [--z AXIS=VALUES] [-o FILE.png] [OPTIONS]',
  options: {
    x: { type: 'string', value: 'AXIS=VALUES', description: 'from left to right, e.g. "Steps=10-30 (+10)"' },
    y: { type: 'string', value: 'AXIS=VALUES', description: 'from top to bottom' },
    z: { type: 'string', value: 'AXIS=VALUES', description: 'a sheet for each value, side by side' },
    'no-legend': { type: 'boolean', description: 'leave the values out of the picture' },
    'sub-grids': { type: 'boolean', description: 'save the sheet of each Z value too' },
    ...sheetOptions,
    ...drawingOptions,
  },
  examples: [
    'bottega plot "a red apple" --x "Steps=10-30 (+10)" --y "Sampler=Euler a, DDIM" -o grid.png',
    'bottega plot "a red apple" --x "Prompt S/R=red, green, blue" --y "CFG Scale=3-9 [3]" -o colours.png --json',
  ],
  run: async (context) => {
    const { values, words } = context;
    if (words.length === 0) throw new UsageError('Say in words what to draw.');
    const axes = { x: axis(values, 'x'), y: axis(values, 'y'), z: axis(values, 'z') };
    if (Object.values(axes).every((one) => one === undefined))
      throw new UsageError('Say what to compare, such as --x "Steps=10, 20".');
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: words.join(' '),
      output: text(values, 'output') ?? 'grid.png',
      savesPictures: values.pictures === true,
      script: {
        name: 'x/y/z plot',
        ...given({ ...axes, margin: number(values, 'margin') }),
        legend: values['no-legend'] !== true,
        subGrids: values['sub-grids'] === true,
      },
    });
  },
};

/** `Steps=10, 20`: what stands before the first equals sign is the axis. */
function axis(values: Values, name: 'x' | 'y' | 'z'): { type: string; values: string } | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const end = value.indexOf('=');
  if (end < 1) throw new UsageError(`--${name} takes AXIS=VALUES, such as "Steps=10, 20", not "${value}".`);
  return { type: value.slice(0, end).trim(), values: value.slice(end + 1) };
}
