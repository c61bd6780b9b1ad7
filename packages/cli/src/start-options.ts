/** Options for drawing from a picture. */
import type { RecipeInput } from '@bottega/contract';
import { type Options, UsageError, type Values } from './command.ts';
import { flag, given, number, text, texts } from './options.ts';
import type { Pictures } from './pictures.ts';

export const startOptions = {
  from: { type: 'string', value: 'FILE', description: 'a picture to start from' },
  strength: {
    type: 'string',
    value: 'X',
    description: 'how far to go from it, 0 to 1 (default 0.75)',
  },
  resize: {
    type: 'string',
    value: 'HOW',
    description: 'how it comes to --size: stretch (default), crop, fill or latent',
  },
  background: {
    type: 'string',
    value: '#RRGGBB',
    description: 'shows through where it is transparent (default white)',
  },
  'match-colours': { type: 'boolean', description: 'give what is drawn its colours' },
  'image-guidance': {
    type: 'string',
    value: 'X',
    description: 'InstructPix2Pix: how close to stay to it, 0 to 30',
  },
  'encoder-seed': {
    type: 'string',
    value: 'N',
    description: 'draw its latents at random with this seed, not their mean',
  },
  mask: { type: 'string', value: 'FILE', description: 'draw only what is white in this picture' },
  'mask-invert': { type: 'boolean', description: 'draw what is black instead' },
  'mask-blur': { type: 'string', value: 'N', description: 'soften its edge by so many pixels (default 4)' },
  'mask-content': {
    type: 'string',
    value: 'WHAT',
    description: 'start there from: original (default), fill, latent noise or latent nothing',
  },
  'mask-only': {
    type: 'string',
    value: 'N',
    description: 'draw the masked area at the full size, with N pixels around it',
  },
  'mask-soft': { type: 'boolean', description: 'let its grey count at every step (soft inpainting)' },
  soft: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    description: 'one of its numbers, e.g. schedule-bias=2; may come several times',
  },
  'mask-latents': { type: 'string', value: 'FILE', description: 'another mask for the latents alone' },
  'mask-bare': { type: 'boolean', description: 'do not lay the rest of the picture upon what was drawn' },
  outpaint: {
    type: 'string',
    value: 'N',
    description: 'draw on beyond its edges: pixels on each side, or e.g. left=128,up=64',
  },
} as const satisfies Options;

type Start = NonNullable<RecipeInput['start']>;
type Mask = NonNullable<Start['mask']>;

/**
 * What the options say of the recipe's `start`; undefined where the drawing starts from words alone.
 * @throws UsageError, AppError `picture.unreadable`.
 */
export async function readStart(values: Values, pictures: Pictures): Promise<Start | undefined> {
  const from = text(values, 'from');
  if (from === undefined) {
    const other = Object.keys(startOptions).find((name) => values[name] !== undefined);
    if (other !== undefined) throw new UsageError(`--${other} needs a picture to start from: --from FILE.`);
    return undefined;
  }
  return given({
    images: [await pictures.open(from)],
    strength: number(values, 'strength'),
    // The recipe's schema says which there are.
    resizeMode: text(values, 'resize') as Start['resizeMode'],
    background: text(values, 'background'),
    matchColours: flag(values, 'match-colours'),
    imageCfgScale: number(values, 'image-guidance'),
    encoderSeed: number(values, 'encoder-seed'),
    mask: await readMask(values, pictures),
    outpaint: readOutpaint(values),
  });
}

async function readMask(values: Values, pictures: Pictures): Promise<Mask | undefined> {
  const file = text(values, 'mask');
  if (file === undefined) {
    const other = Object.keys(startOptions).find(
      (name) => /^(mask-|soft$)/.test(name) && values[name] !== undefined,
    );
    if (other !== undefined) throw new UsageError(`--${other} needs a mask: --mask FILE.`);
    return undefined;
  }
  const padding = number(values, 'mask-only');
  const latents = text(values, 'mask-latents');
  return given({
    image: await pictures.open(file),
    invert: flag(values, 'mask-invert'),
    blur: number(values, 'mask-blur'),
    content: text(values, 'mask-content') as Mask['content'],
    area: padding === undefined ? undefined : ('masked' as const),
    padding,
    soft: readSoft(values),
    latents: latents === undefined ? undefined : await pictures.open(latents),
    overlay: values['mask-bare'] === true ? false : undefined,
  });
}

/** `schedule-bias=2` as the recipe calls it; its schema says which there are. */
function readSoft(values: Values): Mask['soft'] {
  const numbers = texts(values, 'soft').map((pair) => {
    const [, name, value] = /^([a-z-]+)=([\d.]+)$/.exec(pair) ?? [];
    if (name === undefined) {
      throw new UsageError(`--soft takes NAME=VALUE, such as schedule-bias=2, not "${pair}".`);
    }
    return [name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()), Number(value)] as const;
  });
  return values['mask-soft'] === true || numbers.length > 0 ? Object.fromEntries(numbers) : undefined;
}

const sides = ['left', 'right', 'up', 'down'] as const;

function readOutpaint(values: Values): Start['outpaint'] {
  const value = text(values, 'outpaint');
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Object.fromEntries(sides.map((side) => [side, Number(value)]));
  const parts = value.split(',').map((part) => /^(left|right|up|down)=(\d+)$/.exec(part.trim()));
  if (parts.some((part) => part === null)) {
    throw new UsageError(`--outpaint takes pixels, such as 128 or left=128,up=64, not "${value}".`);
  }
  return Object.fromEntries(parts.map((part) => [part?.[1], Number(part?.[2])]));
}
