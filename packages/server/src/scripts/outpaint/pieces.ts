/** What a drawing beyond the edges of a picture starts from, as data that is recorded with its plan. */
import type { Side, Size } from './margins.ts';

/** In pixels; right and bottom lie inside. */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** Where a picture lies on a larger, black one. */
export type Ground = Size & { readonly left: number; readonly up: number };

/** 8-bit grey. */
export type GreyImage = Size & { readonly data: Uint8Array };

/**
 * `padded`: a tile of the picture on its ground, as large as the recipe; where it reaches beyond there is black. All
 * but one box is drawn anew, in the latents all but another.
 * `grown`: the picture with one side added and filled with noise like it. Its end, as large as the recipe, is drawn,
 * and what is kept is all of it.
 */
export type Piece =
  | {
      readonly kind: 'padded';
      readonly ground: Ground;
      readonly x: number;
      readonly y: number;
      readonly stays: Box;
      readonly latentsStay: Box;
      readonly blur: number;
      readonly content: 'fill' | 'original' | 'latent noise' | 'latent nothing';
    }
  | {
      readonly kind: 'grown';
      readonly side: Side;
      readonly pixels: number;
      /** Of the border, across and down. */
      readonly overlap: { readonly x: number; readonly y: number };
      readonly exponent: number;
      readonly colourVariation: number;
    };
