import type { RgbImage } from '../../api.ts';
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
import type { LatentUpscaler } from './latent-upscalers.ts';

export type EnlargeParts = {
  /** Of the second pass. */
  readonly encode: Encoder;
  readonly latentScale: number;
  readonly latentFactor: number;
  /** An upscaler of pictures, asked for where the name is not one of latents. */
  readonly openUpscaler: (name: string) => Promise<Upscaler>;
  readonly signal: AbortSignal;
};

/** Of the first pass. */
export type FirstDecoder = {
  readonly decode: Decoder;
  /** The last step, named where the decoder gives no numbers. */
  readonly step: number;
};

/** From the latents of the first pass, `[batch, channels, h, w]`, to those that the second starts from. */
export async function enlargeFirstPass(
  latents: Tensor,
  name: string,
  size: HiresSize,
  parts: EnlargeParts & FirstDecoder,
): Promise<Tensor> {
  const rows = Array.from({ length: latents.shape[0] }, (_, row) => rowOf(latents, row));
  const inLatents = latentUpscaler(name);
  if (inLatents !== undefined)
    return stackRows(rows.map((row) => throughLatents(row, inLatents, size, parts)));
  const upscaler = await parts.openUpscaler(name);
  const large: Tensor[] = [];
  for (const row of rows) {
    const [image] = toImages(await parts.decode(tensor([1, ...row.shape], row.data)), parts.step);
    large.push(await throughPixels(image, upscaler, size, parts));
  }
  return stackRows(large);
}

/**
 * The same from a picture of any size in the place of the first pass: `[channels, h, w]`.
 * @param first the first model's encoder and scale, which a picture goes through where latents are enlarged.
 */
export async function enlargePicture(
  image: RgbImage,
  name: string,
  size: HiresSize,
  parts: EnlargeParts,
  first: Pick<EnlargeParts, 'encode' | 'latentScale'>,
): Promise<Tensor> {
  const inLatents = latentUpscaler(name);
  if (inLatents === undefined) return await throughPixels(image, await parts.openUpscaler(name), size, parts);
  const latents = await encodePicture(image, first.encode, first.latentScale);
  return throughLatents(latents, inLatents, size, parts);
}

function throughLatents(
  latents: Tensor,
  { interpolate }: LatentUpscaler,
  { enlarged, cut }: HiresSize,
  { latentFactor }: EnlargeParts,
): Tensor {
  const [height, width] = [enlarged.height, enlarged.width].map((side) => Math.floor(side / latentFactor));
  return cutOff(resizeLatents(latents, height, width, interpolate), cut);
}

async function throughPixels(
  image: RgbImage,
  upscaler: Upscaler,
  { enlarged, cut }: HiresSize,
  { encode, latentScale, signal }: EnlargeParts,
): Promise<Tensor> {
  const large = await upscaleTo(upscaler, image, enlarged, { signal });
  return cutOff(await encodePicture(large, encode, latentScale), cut);
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
