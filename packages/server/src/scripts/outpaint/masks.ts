/** Masks that leave a box as it is. */
import type { GreyImage, Piece } from './pieces.ts';
import type { Size } from './margins.ts';

type Box = Extract<Piece, { kind: 'padded' }>['stays'];

/** White but for a box, whose right and bottom lie inside it, as Pillow draws rectangles. */
export function allBut(box: Box, { width, height }: Size): GreyImage {
  const data = new Uint8Array(width * height).fill(255);
  const right = Math.min(width, box.right + 1);
  for (let y = Math.max(0, box.top); y < Math.min(height, box.bottom + 1); y++) {
    if (right > box.left) data.fill(0, y * width + Math.max(0, box.left), y * width + right);
  }
  return { width, height, data };
}
