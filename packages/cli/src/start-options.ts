/** Options of `imagine` for drawing from a picture. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '@bottega/contract';
import type { ImageToImageRequest, MaskRequest, ResizeMode } from '@bottega/diffusion';
import { openMask, openPicture } from '@bottega/server/pictures';
import { type Options, UsageError, type Values } from './command.ts';
import { given, number, text } from './options.ts';

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
  outpaint: {
    type: 'string',
    value: 'N',
    description: 'draw on beyond its edges: pixels on each side, or e.g. left=128,up=64',
  },
} as const satisfies Options;

export type Start = Pick<ImageToImageRequest, 'images' | 'strength' | 'resizeMode' | 'mask' | 'outpaint'>;

/**
 * Opens the pictures; undefined where the drawing starts from words alone.
 * @throws UsageError, AppError `picture.unreadable`.
 */
export async function readStart(values: Values, cwd: string): Promise<Start | undefined> {
  const from = text(values, 'from');
  if (from === undefined) {
    const other = Object.keys(startOptions).find((name) => values[name] !== undefined);
    if (other !== undefined) throw new UsageError(`--${other} needs a picture to start from: --from FILE.`);
    return undefined;
  }
  const mask = await readMask(values, cwd);
  return {
    images: [await openFile(cwd, from, openPicture)],
    ...given({
      strength: number(values, 'strength'),
      // The engine says which there are.
      resizeMode: text(values, 'resize') as ResizeMode | undefined,
      mask,
      outpaint: readOutpaint(values),
    }),
  };
}

async function readMask(values: Values, cwd: string): Promise<MaskRequest | undefined> {
  const path = text(values, 'mask');
  if (path === undefined) {
    const other = Object.keys(startOptions).find(
      (name) => name.startsWith('mask-') && values[name] !== undefined,
    );
    if (other !== undefined) throw new UsageError(`--${other} needs a mask: --mask FILE.`);
    return undefined;
  }
  const padding = number(values, 'mask-only');
  return {
    image: await openFile(cwd, path, openMask),
    ...given({
      invert: values['mask-invert'] === true ? true : undefined,
      blur: number(values, 'mask-blur'),
      content: text(values, 'mask-content') as MaskRequest['content'],
      area: padding === undefined ? undefined : ('masked' as const),
      padding,
    }),
  };
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

/** @throws UsageError, AppError `picture.unreadable` that names the file. */
export async function openFile<Picture>(
  cwd: string,
  name: string,
  open: (file: Buffer) => Promise<Picture>,
): Promise<Picture> {
  const path = resolve(cwd, name);
  const file = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${cause.code}).`, { cause });
  });
  return open(file).catch((cause: unknown) => {
    const isPicture = cause instanceof AppError && cause.code === 'picture.unreadable';
    if (!isPicture) throw cause;
    throw new AppError('picture.unreadable', { reason: `${name}: ${cause.details.reason}` }, { cause });
  });
}
