/** Takes a picture apart into tiles that overlap, and joins them again (A1111's split_grid and combine_grid). */
import type { RgbImage } from '@bottega/diffusion';
import { blank, lay } from './canvas.ts';
import type { Tiling } from './sheet.ts';

type Size = { readonly width: number; readonly height: number };

/** Tiles of one size row by row: as few as cover the picture, evenly spread, sharing `overlap` pixels or more. */
export function tile({ width, height }: Size, piece: Size, overlap: number): Tiling {
  const xs = starts(width, piece.width, overlap);
  const ys = starts(height, piece.height, overlap);
  return { width, height, overlap, corners: ys.flatMap((y) => xs.map((x) => ({ x, y }))) };
}

/** Where a picture smaller than a tile makes it begin before the picture. */
function starts(side: number, piece: number, overlap: number): number[] {
  const count = Math.max(1, Math.ceil((side - overlap) / (piece - overlap)));
  const step = count > 1 ? (side - piece) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const start = Math.trunc(index * step);
    return start + piece >= side ? side - piece : start;
  });
}

/** A part of a picture; beyond its edges there is black. */
export function cut(picture: RgbImage, x: number, y: number, { width, height }: Size): RgbImage {
  const piece = blank(width, height, 0);
  lay(picture, piece, -x, -y);
  return piece;
}

/**
 * Each tile fades in over its first pixels to the right, each row of them downwards.
 * @param pictures One a corner; those that are missing are black.
 */
export function joinTiles(tiling: Tiling, pictures: readonly (RgbImage | undefined)[]): RgbImage {
  const { width, height, overlap, corners } = tiling;
  const whole = blank(width, height, 0);
  const piece = pictures.find((picture) => picture !== undefined);
  if (piece === undefined) return whole;
  const black = blank(piece.width, piece.height, 0);
  const rows = Map.groupBy(corners.keys(), (index) => corners[index].y);
  for (const [y, indices] of rows) {
    const row = blank(width, piece.height, 0);
    for (const index of indices) {
      const { x } = corners[index];
      const picture = pictures[index] ?? black;
      if (x === 0) lay(picture, row, 0, 0);
      else layFading(picture, row, { x, y: 0 }, (column) => fade(column, overlap));
    }
    if (y === 0) lay(row, whole, 0, 0);
    else layFading(row, whole, { x: 0, y }, (_, line) => fade(line, overlap));
  }
  return whole;
}

/** 0 to 255. */
function fade(place: number, overlap: number): number {
  return place < overlap ? Math.trunc(Math.fround((place * 255) / overlap)) : 255;
}

/** As Pillow pastes with a mask: each channel a mean of both, rounded. */
function layFading(
  picture: RgbImage,
  canvas: RgbImage,
  corner: { readonly x: number; readonly y: number },
  weight: (column: number, line: number) => number,
): void {
  const [left, top] = [Math.max(0, -corner.x), Math.max(0, -corner.y)];
  const right = Math.min(picture.width, canvas.width - corner.x);
  const bottom = Math.min(picture.height, canvas.height - corner.y);
  for (let line = top; line < bottom; line++) {
    for (let column = left; column < right; column++) {
      const from = (line * picture.width + column) * 3;
      const to = ((line + corner.y) * canvas.width + column + corner.x) * 3;
      const mask = weight(column, line);
      for (let i = 0; i < 3; i++) {
        const sum = canvas.data[to + i] * (255 - mask) + picture.data[from + i] * mask + 128;
        canvas.data[to + i] = ((sum >> 8) + sum) >> 8;
      }
    }
  }
}
