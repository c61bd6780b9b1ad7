/** Makes what a piece starts from, and of what was drawn what is kept. */
import type { RgbImage } from '@bottega/diffusion';
import type { ResolvedRecipe } from '../../db/schema.ts';
import { blank, lay } from '../sheet/canvas.ts';
import { cut } from '../sheet/tiles.ts';
import { growthOf } from './growth.ts';
import { allBut } from './masks.ts';
import type { GreyImage, Ground, Piece } from './pieces.ts';

export type OpenedPiece = {
  readonly images: readonly RgbImage[];
  readonly mask: {
    readonly image: RgbImage;
    readonly latents: RgbImage;
    readonly blur: { readonly x: number; readonly y: number };
    readonly content: Extract<Piece, { kind: 'padded' }>['content'];
  };
  readonly finish: (drawn: RgbImage) => RgbImage;
};

/** The border's blur is this often the overlap. */
const softness = 4;

/** @param picture To start from. @param recipe Says how large the drawing is. */
export async function openPiece(
  piece: Piece,
  picture: RgbImage,
  recipe: Pick<ResolvedRecipe, 'width' | 'height'>,
): Promise<OpenedPiece> {
  if (piece.kind === 'padded') {
    const { ground, x, y, stays, latentsStay, blur, content } = piece;
    const masked = (box: typeof stays): RgbImage => cut(inColour(allBut(box, ground)), x, y, recipe);
    return {
      images: [cut(onGround(picture, ground), x, y, recipe)],
      mask: { image: masked(stays), latents: masked(latentsStay), blur: { x: blur, y: blur }, content },
      finish: (drawn) => drawn,
    };
  }
  const { overlap, exponent, colourVariation } = piece;
  // The part that is drawn is as large as the recipe; what decided that is gone.
  const { canvas, picture: corner, region, size, stays, latentsStay } = growthOf(picture, recipe, piece);
  const { matchedNoise } = await import('@bottega/diffusion');
  const mask = allBut(stays, canvas);
  const ground = { ...canvas, left: corner.x, up: corner.y };
  const noised = matchedNoise(onGround(picture, ground), mask, { exponent, colourVariation });
  return {
    images: [cut(noised, region.x, region.y, region)],
    mask: {
      image: cut(inColour(mask), region.x, region.y, region),
      latents: inColour(allBut(latentsStay, region)),
      blur: { x: softness * overlap.x, y: softness * overlap.y },
      content: 'original',
    },
    finish: (drawn) => {
      const whole = blank(canvas.width, canvas.height, 0);
      lay(noised, whole, 0, 0);
      lay(drawn, whole, region.x, region.y);
      return cut(whole, 0, 0, size);
    },
  };
}

/** A picture on its black ground. */
export function onGround(picture: RgbImage, { width, height, left, up }: Ground): RgbImage {
  const whole = blank(width, height, 0);
  lay(picture, whole, left, up);
  return whole;
}

function inColour({ width, height, data: grey }: GreyImage): RgbImage {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) data.fill(grey[i], 3 * i, 3 * i + 3);
  return { width, height, data };
}
