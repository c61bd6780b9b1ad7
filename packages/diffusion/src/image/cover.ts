import type { RgbImage } from '../api.ts';
import { cropMiddle } from './crop.ts';
import { resizeImage } from './resize.ts';

/** A picture in exactly this size: scaled so that it covers it, then cut at two sides where the shape differs. */
export function coverImage(image: RgbImage, width: number, height: number): RgbImage {
  const scale = Math.max(width / image.width, height / image.height);
  const wide = Math.max(width, Math.round(image.width * scale));
  const high = Math.max(height, Math.round(image.height * scale));
  return cropMiddle(resizeImage(image, wide, high), width, height);
}
