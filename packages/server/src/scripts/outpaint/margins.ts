/** How much is added on each side of a picture by A1111's two scripts that draw on beyond its edges. */
import type { World } from '../script.ts';
import { invalidScript } from '../limits.ts';

export type Side = 'left' | 'right' | 'up' | 'down';
export type Size = { readonly width: number; readonly height: number };
export type Margins = Readonly<Record<Side, number>>;

/** In the order in which they are drawn. */
export const sides: readonly Side[] = ['left', 'right', 'up', 'down'];

const multiple = 64;

export function roundedUp(side: number): number {
  return Math.ceil(side / multiple) * multiple;
}

/**
 * So many pixels on each of the chosen sides, and what is missing to a multiple of 64 shared out between those across
 * and those down. Where neither of two sides is chosen nothing is added.
 */
export function marginsOf(size: Size, pixels: number, chosen: readonly Side[]): Margins {
  const asked = (side: Side): number => (chosen.includes(side) ? pixels : 0);
  const [left, right] = shared(size.width, asked('left'), asked('right'));
  const [up, down] = shared(size.height, asked('up'), asked('down'));
  return { left, right, up, down };
}

function shared(side: number, before: number, after: number): readonly [before: number, after: number] {
  const added = roundedUp(side + before + after) - side;
  const first = before > 0 ? Math.floor((before * added) / (before + after)) : 0;
  return [first, after > 0 ? added - first : 0];
}

/** @throws AppError `request.invalid` where there is no picture to start from. */
export function sizeToDrawOn(images: readonly string[] | undefined, world: World): Size {
  const size = images && world.sizeOf(images[0]);
  if (size === undefined) throw invalidScript('is needed: outpainting begins with a picture', 'start');
  return size;
}
