/** Where everything lies when a picture grows on one side (A1111's "Outpainting mk2"). */
import { roundedUp, type Size } from './margins.ts';
import type { Box, Piece } from './pieces.ts';

type Grown = Pick<Extract<Piece, { kind: 'grown' }>, 'side' | 'pixels' | 'overlap'>;

export type Growth = {
  /** Of the picture that comes out. */
  readonly size: Size;
  /** Of the canvas, with sides that are multiples of 64; what stands over is cut off at the right and the bottom. */
  readonly canvas: Size;
  /** Where the picture lies on it. */
  readonly picture: { readonly x: number; readonly y: number };
  /** What of the canvas is drawn. */
  readonly region: Size & { readonly x: number; readonly y: number };
  /** What stays: of the canvas, and of the region's latents. */
  readonly stays: Box;
  readonly latentsStay: Box;
};

/** Latents have an element for so many pixels. */
const factor = 8;
const whole = (side: number): number => Math.floor(side / factor) * factor;

/** @param drawn Size of a drawing: no more than that of the grown side is drawn. */
export function growthOf({ width, height }: Size, drawn: Size, { side, pixels, overlap }: Grown): Growth {
  const isAcross = side === 'left' || side === 'right';
  const size = { width: width + (isAcross ? pixels : 0), height: height + (isAcross ? 0 : pixels) };
  const canvas = { width: roundedUp(size.width), height: roundedUp(size.height) };
  const region = {
    width: isAcross ? whole(Math.min(drawn.width, size.width)) : canvas.width,
    height: isAcross ? canvas.height : whole(Math.min(drawn.height, size.height)),
  };
  const stays = (on: Size, times: number): Box => ({
    left: side === 'left' ? pixels + times * overlap.x : 0,
    top: side === 'up' ? pixels + times * overlap.y : 0,
    right: side === 'right' ? on.width - pixels - times * overlap.x : size.width,
    bottom: side === 'down' ? on.height - pixels - times * overlap.y : size.height,
  });
  return {
    size,
    canvas,
    picture: { x: side === 'left' ? pixels : 0, y: side === 'up' ? pixels : 0 },
    region: {
      ...region,
      x: side === 'left' ? 0 : canvas.width - region.width,
      y: side === 'up' ? 0 : canvas.height - region.height,
    },
    stays: stays(canvas, 1),
    latentsStay: stays(region, 2),
  };
}
