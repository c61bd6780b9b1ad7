import { RequestMismatch } from '../request.ts';
import { oneByOne, type SelectableScript } from './selectable.ts';

export const upscale: SelectableScript = {
  name: 'sd upscale',
  on: ['img2img'],
  count: 4,
  describe: (_, { upscalers }) => [
    // A note on A1111's page; it takes a place among the arguments.
    { label: '' },
    { label: 'Tile overlap', value: 64, minimum: 0, maximum: 256, step: 16 },
    { label: 'Upscaler', value: upscalers[0], choices: upscalers },
    { label: 'Scale Factor', value: 2, minimum: 1, maximum: 4, step: 0.05 },
  ],
  read: ({ number, text }) => ({
    name: 'sd upscale',
    overlap: number(1),
    upscaler: text(2),
    scale: number(3),
  }),
  // Upscalers come as places in their list, or by name.
  complete: (script, { upscalers }) => {
    if (script.name !== 'sd upscale' || !/^\d+$/.test(script.upscaler ?? '')) return script;
    const upscaler = upscalers.at(Number(script.upscaler));
    if (upscaler !== undefined) return { ...script, upscaler };
    const msg = `there are ${upscalers.length} upscalers; /sdapi/v1/upscalers lists them`;
    throw new RequestMismatch([{ loc: ['body', 'script_args', 2], msg, type: 'value_error.const' }]);
  },
  show: ({ pictures }) => oneByOne(pictures),
  indexOfFirstImage: 0,
};
