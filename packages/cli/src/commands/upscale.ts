/** `bottega upscale`: larger pictures, with the engine in this very process. */
import type { Command } from '../command.ts';

const defaultUpscaler = 'esrgan-slim-x4';

export const upscale: Command = {
  summary: 'make pictures larger',
  usage: 'FILE ... -o FILE.png [--scale X | --size WxH] [--upscaler NAME] | --list',
  options: {
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE',
      description: 'where to save it; several get -1, -2 ... (default enlarged.png)',
    },
    scale: {
      type: 'string',
      value: 'X',
      description: 'how many times larger, to multiples of 8 (default 4)',
    },
    size: { type: 'string', value: 'WxH', description: 'cover this size and cut off what sticks out' },
    'no-crop': { type: 'boolean', description: 'with --size: cut nothing off' },
    upscaler: {
      type: 'string',
      short: 'u',
      value: 'NAME',
      description: `a name that --list gives (default ${defaultUpscaler})`,
    },
    second: { type: 'string', value: 'NAME', description: 'another upscaler, mixed in' },
    share: { type: 'string', value: 'X', description: 'how much of it, 0 to 1 (default 0.5)' },
    list: { type: 'boolean', description: 'say which upscalers there are' },
    device: { type: 'string', value: 'NAME', description: 'cpu (default), or what "bottega doctor" lists' },
    force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
    json: { type: 'boolean', description: 'answer with one JSON document' },
  },
  examples: [
    'bottega upscale apple.png -o large.png --scale 4',
    'bottega upscale photo.jpg -o wide.png --size 1920x1080 --upscaler "R-ESRGAN 4x+"',
    'bottega upscale --list',
  ],
  run: async (context) => {
    const { enlarge, listAll } = await import('../enlarge.ts');
    return context.values.list === true ? listAll(context) : enlarge(context, defaultUpscaler);
  },
};
