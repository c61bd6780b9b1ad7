import type { RgbImage } from '../../api.ts';
import { rowOf } from '../../denoiser/rows.ts';
import { matchColours } from '../../image/match-colours.ts';
import type { SampleInput } from '../../sampler/sample.ts';
import type { Tensor } from '../../tensor.ts';
import type { JobStart } from '../prepare-job.ts';
import { ofRow } from './canvas.ts';
import { changedMask } from './soft-mask.ts';

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
): RgbImage {
  const drawn = picture.matchColours ? matchColours(image, ofRow(canvas.inputs, row)) : image;
  const soft = picture.mask?.soft;
  if (soft === undefined || from?.keep === undefined || canvas.finishShowing === undefined) {
    return canvas.finish(drawn, row);
  }
  const shown = changedMask(latents, rowOf(from.latents, row), from.keep, soft, drawn);
  return canvas.finishShowing(drawn, row, shown);
}
