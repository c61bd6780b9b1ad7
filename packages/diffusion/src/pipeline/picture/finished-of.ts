import type { MaskPicture, RgbaImage, RgbImage } from '../../api.ts';
import { rowOf } from '../../denoiser/rows.ts';
import { fromGrey } from '../../image/channels.ts';
import type { GreyImage } from '../../image/channels.ts';
import { fitImage } from '../../image/fit.ts';
import { shownBy } from '../../image/masked.ts';
import { matchColours } from '../../image/match-colours.ts';
import type { SampleInput } from '../../sampler/sample.ts';
import type { Tensor } from '../../tensor.ts';
import type { JobStart } from '../prepare-job.ts';
import { ofRow } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import { changedMask } from './soft-mask.ts';

export type Finished = {
  readonly image: RgbImage;
  /** What the mask `returns`. */
  readonly mask?: RgbImage;
  readonly composite?: RgbaImage;
};

/**
 * The finished picture: with a mask, what was drawn in place of what the mask encloses; with a soft one, in place of
 * what has changed. Before that it takes the original's colours, where that was asked for.
 * @param row of the batch.
 * @param latents of this picture, `[channels, h, w]`.
 * @param from what the batch was drawn from.
 */
export function finishedOf(
  { picture, canvas }: JobStart,
  image: RgbImage,
  row: number,
  latents: Tensor,
  from: SampleInput['picture'],
): Finished {
  const drawn = picture.matchColours ? matchColours(image, ofRow(canvas.inputs, row)) : image;
  const returns = picture.mask?.returns ?? [];
  const soft = picture.mask?.soft;
  if (soft === undefined || from?.keep === undefined || canvas.finishShowing === undefined) {
    return { image: canvas.finish(drawn, row), ...besideOf(canvas, drawn, returns) };
  }
  const shown = changedMask(latents, rowOf(from.latents, row), from.keep, soft, drawn);
  return { image: canvas.finishShowing(drawn, row, shown), ...besideOf(canvas, drawn, returns, shown) };
}

function besideOf(
  { beside }: Canvas,
  drawn: RgbImage,
  returns: readonly MaskPicture[],
  shown?: GreyImage,
): Omit<Finished, 'image'> {
  if (beside === undefined || returns.length === 0) return {};
  const mask = beside.mask(shown);
  const placed = beside.placed(drawn);
  return {
    ...(returns.includes('mask') && { mask: fromGrey(mask) }),
    ...(returns.includes('composite') && {
      // They differ in size only where an area is left alone.
      composite: shownBy(placed, fitImage(mask, 'fill', placed.width, placed.height)),
    }),
  };
}
