/** A1111's two scripts that draw on beyond a picture's edges. */
import { RequestMismatch } from '../request.ts';
import type { ArgumentReader } from './arguments.ts';
import { oneByOne, type SelectableScript } from './selectable.ts';

const sides = ['left', 'right', 'up', 'down'] as const;
const contents = ['fill', 'original', 'latent noise', 'latent nothing'] as const;

const pixels = { label: 'Pixels to expand', value: 128, minimum: 8, maximum: 256, step: 8 };
const blur = (value: number) => ({ label: 'Mask blur', value, minimum: 0, maximum: 64, step: 1 });
const direction = { label: 'Outpainting direction', value: sides, choices: sides };

/** One picture for each of the batches; a grid of several comes first. */
export const outpaintingMk2: SelectableScript = {
  name: 'outpainting mk2',
  on: ['img2img'],
  count: 6,
  describe: () => [
    // A note on A1111's page; it takes a place among the arguments.
    { label: '' },
    pixels,
    blur(8),
    direction,
    { label: 'Fall-off exponent (lower=higher detail)', value: 1, minimum: 0, maximum: 4, step: 0.01 },
    { label: 'Color variation', value: 0.05, minimum: 0, maximum: 1, step: 0.01 },
  ],
  read: (args) => ({
    name: 'outpainting mk2',
    pixels: within(args, 1, 8, 2048),
    blur: within(args, 2, 0, 64),
    directions: chosen(args, 3),
    exponent: within(args, 4, 0, 4, false),
    colourVariation: within(args, 5, 0, 1, false),
  }),
  show: ({ pictures }, _, settings) => {
    const isGridded = settings.return_grid !== false && pictures.length > 1;
    return [...(isGridded ? [pictures] : []), ...oneByOne(pictures)];
  },
  indexOfFirstImage: 0,
};

/** One picture, whatever the batches. */
export const poorMansOutpainting: SelectableScript = {
  name: "poor man's outpainting",
  on: ['img2img'],
  count: 4,
  describe: () => [pixels, blur(4), { label: 'Masked content', value: 'fill', choices: contents }, direction],
  read: (args) => ({
    name: "poor man's outpainting",
    pixels: within(args, 0, 8, 2048),
    blur: within(args, 1, 0, 64),
    content: contentOf(args, 2),
    directions: chosen(args, 3),
  }),
  show: ({ pictures }) => oneByOne(pictures),
  indexOfFirstImage: 0,
};

function within({ number }: ArgumentReader, index: number, min: number, max: number, isWhole = true): number {
  const value = isWhole ? Math.trunc(number(index)) : number(index);
  if (value >= min && value <= max) return value;
  const [type, limit, words] =
    value < min
      ? (['value_error.number.not_ge', min, 'greater'] as const)
      : (['value_error.number.not_le', max, 'less'] as const);
  throw mismatch(index, `ensure this value is ${words} than or equal to ${limit}`, type);
}

/** Its place in A1111's list, which is what its script takes, or its name. */
function contentOf({ raw, choice }: ArgumentReader, index: number): (typeof contents)[number] {
  const place = Number(raw(index));
  return contents[place] !== undefined && String(raw(index)).trim() !== ''
    ? contents[place]
    : choice(index, contents);
}

/** A list of sides, or a text that names them, in which A1111's script looks for them as well. */
function chosen({ raw }: ArgumentReader, index: number): (typeof sides)[number][] {
  const given = raw(index);
  const names = typeof given === 'string' ? given.split(/[\s,;|]+/).filter((word) => word !== '') : given;
  if (!Array.isArray(names)) throw mismatch(index, 'value is not a valid list', 'type_error.list');
  const unknown = names.find((name) => !sides.some((side) => side === name));
  if (names.length === 0 || unknown !== undefined) {
    throw mismatch(index, `unexpected value; permitted: ${sides.join(', ')}`, 'value_error.const');
  }
  return sides.filter((side) => names.includes(side));
}

function mismatch(index: number, msg: string, type: string): RequestMismatch {
  return new RequestMismatch([{ loc: ['body', 'script_args', index], msg, type }]);
}
