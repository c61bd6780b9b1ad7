import type { RgbImage } from '@bottega/diffusion';
import { loadSharp } from '../../media/load-sharp.ts';

/** The pixels of a picture that was drawn here. */
export async function decode(png: Uint8Array): Promise<RgbImage> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(png)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
