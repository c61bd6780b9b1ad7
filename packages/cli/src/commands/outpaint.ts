/** `bottega outpaint`: A1111's two outpainting scripts without a server. */
import type { RecipeInput } from '@bottega/contract';
import { type Command, type Context, type Options, UsageError, type Values } from '../command.ts';
import { drawingOptions } from '../drawing-options.ts';
import { given, number, text } from '../options.ts';

type Script = NonNullable<RecipeInput['script']>;
type Outpainting = Extract<Script, { name: 'outpainting mk2' | "poor man's outpainting" }>;
type Content = Extract<Script, { name: "poor man's outpainting" }>['content'];

/** What only one of both ways takes. */
const ofWay = { mk2: ['exponent', 'colour-variation'], 'poor-mans': ['content'] } as const;
const ways = Object.keys(ofWay) as readonly (keyof typeof ofWay)[];

/** They make masks of their own. */
const { outpaint: _, ...others } = drawingOptions;
const otherOptions: Options = Object.fromEntries(
  Object.entries(others).filter(([name]) => !/^mask(-|$)/.test(name)),
);

export const outpaint: Command = {
  summary: 'draw a picture on beyond its edges',
  usage: '"WORDS" --from FILE [-o FILE.png] [OPTIONS]',
  options: {
    way: {
      type: 'string',
      value: 'HOW',
      description: 'mk2 (default): side after side, from noise like the picture; poor-mans: in tiles',
    },
    pixels: { type: 'string', value: 'N', description: 'added on each side, 8 to 2048 (default 128)' },
    directions: {
      type: 'string',
      value: 'SIDES',
      description: 'e.g. left,right (default left,right,up,down)',
    },
    blur: {
      type: 'string',
      value: 'N',
      description: 'pixels of the old border drawn anew (default 8); with poor-mans twice as many (4)',
    },
    exponent: {
      type: 'string',
      value: 'X',
      description: "mk2: how strongly the picture's spectrum shapes the noise, 0 to 4 (default 1)",
    },
    'colour-variation': {
      type: 'string',
      value: 'X',
      description: 'mk2: how colourful the noise is, 0 to 1 (default 0.05)',
    },
    content: {
      type: 'string',
      value: 'WHAT',
      description: 'poor-mans: start there from fill (default), original, latent noise or latent nothing',
    },
    ...otherOptions,
    size: {
      type: 'string',
      value: 'WxH',
      description: "of one drawing, in pixels (default: the picture's own)",
    },
  },
  examples: [
    'bottega outpaint "a walled town" --from town.png --directions left,right --strength 0.8 -o wide.png',
    'bottega outpaint "a walled town" --from town.png --way poor-mans --pixels 64 -o larger.png',
  ],
  run: async (context: Context) => {
    const { values, words } = context;
    if (words.length === 0) throw new UsageError('Say in words what is to be seen.');
    if (text(values, 'from') === undefined)
      throw new UsageError('Name a picture to go on from: --from FILE.');
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: words.join(' '),
      output: text(values, 'output') ?? 'outpainted.png',
      savesPictures: false,
      script: readScript(values),
    });
  },
};

function readScript(values: Values): Outpainting {
  const wanted = text(values, 'way') ?? 'mk2';
  const way = ways.find((one) => one === wanted);
  if (way === undefined) throw new UsageError(`--way takes ${ways.join(' or ')}, not "${wanted}".`);
  const other = ways.find((one) => one !== way) ?? way;
  const stray = ofWay[other].find((name) => values[name] !== undefined);
  if (stray !== undefined) throw new UsageError(`--${stray} needs --way ${other}.`);
  const both = given({
    pixels: number(values, 'pixels'),
    // The recipe's schema says which there are.
    directions: text(values, 'directions')?.split(/\s*,\s*/) as Outpainting['directions'],
    blur: number(values, 'blur'),
  });
  if (way === 'poor-mans') {
    const content = text(values, 'content') as Content;
    return { name: "poor man's outpainting", ...both, ...given({ content }) };
  }
  const exponent = number(values, 'exponent');
  const colourVariation = number(values, 'colour-variation');
  return { name: 'outpainting mk2', ...both, ...given({ exponent, colourVariation }) };
}
