import type { RgbImage } from '../api.ts';
import type { Decoder } from '../denoiser/network.ts';
import { coverImage } from '../image/cover.ts';
import { toImages } from '../image/pixels.ts';
import type { Tensor } from '../tensor.ts';
import type { Upscaler } from '../upscaler/open-upscaler.ts';
import type { Size } from './picture-size.ts';

/** The name of plain resizing, where no upscaler is needed. */
export const resizing = 'Lanczos';

/**
 * From the latents of one picture, `[1, 4, h, w]`, to its pixels in the size asked for.
 * @param upscaler where it must become larger.
 * @param step the last one, named where the decoder gives no numbers.
 */
export async function finishPicture(
  latents: Tensor,
  decode: Decoder,
  size: Size,
  upscaler: Upscaler | undefined,
  step: number,
): Promise<RgbImage> {
  const [drawn] = toImages(await decode(latents), step);
  const large = upscaler ? await upscaler.upscale(drawn) : drawn;
  return coverImage(large, size.width, size.height);
}
