/** `bottega sd-upscale`: A1111's SD upscale without a server. */
import { type Command, UsageError } from '../command.ts';
import { drawingOptions } from '../drawing-options.ts';
import { given, number, text } from '../options.ts';

export const sdUpscale: Command = {
  summary: 'enlarge a picture and draw it anew in tiles',
  usage: '"WORDS" --from FILE [-o FILE.png] [OPTIONS]',
  options: {
    scale: { type: 'string', value: 'X', description: '1 to 4 (default 2)' },
    upscaler: {
      type: 'string',
      value: 'NAME',
      description: 'Lanczos (default), Nearest, an installed one, or None',
    },
    overlap: { type: 'string', value: 'N', description: 'pixels that tiles share, 0 to 256 (default 64)' },
    ...drawingOptions,
    size: { type: 'string', value: 'WxH', description: "of a tile, in pixels (default: the picture's own)" },
  },
  examples: ['bottega sd-upscale "a castle" --from castle.png --size 512x512 --strength 0.3 -o large.png'],
  run: async (context) => {
    const { values, words } = context;
    if (words.length === 0) throw new UsageError('Say in words what is to be seen.');
    if (text(values, 'from') === undefined) throw new UsageError('Name a picture to enlarge: --from FILE.');
    const { drawScript } = await import('../draw-script.ts');
    return drawScript(context, {
      prompt: words.join(' '),
      output: text(values, 'output') ?? 'large.png',
      savesPictures: false,
      script: {
        name: 'sd upscale',
        upscaler: text(values, 'upscaler') ?? 'Lanczos',
        ...given({ scale: number(values, 'scale'), overlap: number(values, 'overlap') }),
      },
    });
  },
};
