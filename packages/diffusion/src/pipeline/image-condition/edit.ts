import { stackRows } from '../../denoiser/rows.ts';
import { toPixels } from '../../image/pixels.ts';
import type { Tensor } from '../../tensor.ts';
import { bilinear, resizeLatents } from '../latents/resize-latents.ts';
import { ofRow } from '../picture/canvas.ts';
import { encodePixels } from '../picture/encode-picture.ts';
import type { ImageConditionInput } from './image-condition.ts';

/** InstructPix2Pix sees the picture that it changes, in latents that are not scaled (Brooks et al. 2022). */
export async function editCondition({
  start,
  batch,
  height,
  width,
  encode,
}: ImageConditionInput): Promise<Tensor> {
  const rows: Tensor[] = [];
  for (const image of start?.canvas.inputs ?? []) {
    rows.push(resizeLatents(await encodePixels(toPixels(image), encode, 1), height, width, bilinear));
  }
  return stackRows(Array.from({ length: batch }, (_, row) => ofRow(rows, row)));
}
