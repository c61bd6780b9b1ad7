import type { Decoder, Encoder } from '../../denoiser/network.ts';
import { rowOf, stackRows } from '../../denoiser/rows.ts';
import { toImages } from '../../image/pixels.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import type { Upscaler } from '../../upscaler/open-upscaler.ts';
import { upscaleTo } from '../../upscaler/upscale-by.ts';
import { resizeLatents } from '../latents/resize-latents.ts';
import { encodePicture } from '../picture/encode-picture.ts';
import type { Size } from '../picture-size.ts';
import type { HiresSize } from './hires-size.ts';
import { latentUpscaler } from './latent-upscalers.ts';

export type EnlargeParts = {
  /** Of the first pass. */
  readonly decode: Decoder;
  /** Of the second. */
  readonly encode: Encoder;
  readonly latentScale: number;
  readonly latentFactor: number;
  /** An upscaler of pictures, asked for where the name is not one of latents. */
  readonly openUpscaler: (name: string) => Promise<Upscaler>;
  readonly signal: AbortSignal;
  /** The last step, named where the decoder gives no numbers. */
  readonly step: number;
};

/** From the latents of the first pass, `[batch, channels, h, w]`, to those that the second starts from. */
export async function enlargeFirstPass(
  latents: Tensor,
  name: string,
  size: HiresSize,
  parts: EnlargeParts,
): Promise<Tensor> {
  const { latentFactor } = parts;
  const [height, width] = [size.enlarged.height, size.enlarged.width].map((side) =>
    Math.floor(side / latentFactor),
  );
  const rows = Array.from({ length: latents.shape[0] }, (_, row) => rowOf(latents, row));
  const inLatents = latentUpscaler(name);
  if (inLatents !== undefined) {
    const large = rows.map((row) => resizeLatents(row, height, width, inLatents.interpolate));
    return stackRows(large.map((row) => cutOff(row, size.cut)));
  }
  const upscaler = await parts.openUpscaler(name);
  const large: Tensor[] = [];
  for (const row of rows)
    large.push(cutOff(await throughPixels(row, upscaler, size.enlarged, parts), size.cut));
  return stackRows(large);
}

async function throughPixels(
  latents: Tensor,
  upscaler: Upscaler,
  size: Size,
  { decode, encode, latentScale, signal, step }: EnlargeParts,
): Promise<Tensor> {
  const [image] = toImages(await decode(tensor([1, ...latents.shape], latents.data)), step);
  return await encodePicture(await upscaleTo(upscaler, image, size, { signal }), encode, latentScale);
}

/** Without half of `cut` on each side; of an odd number the larger half at the end. */
function cutOff(latents: Tensor, cut: Size): Tensor {
  if (cut.width === 0 && cut.height === 0) return latents;
  const [channels, fromHeight, fromWidth] = latents.shape;
  const [height, width] = [fromHeight - cut.height, fromWidth - cut.width];
  const [top, left] = [Math.floor(cut.height / 2), Math.floor(cut.width / 2)];
  const result = tensor([channels, height, width]);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const from = (channel * fromHeight + top + y) * fromWidth + left;
      result.data.set(latents.data.subarray(from, from + width), (channel * height + y) * width);
    }
  }
  return result;
}
