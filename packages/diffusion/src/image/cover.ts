import type { RgbImage } from '../api.ts';
import { resizeImage } from './resize.ts';

/** A picture in exactly this size: scaled so that it covers it, then cut at two sides where the shape differs. */
export function coverImage(image: RgbImage, width: number, height: number): RgbImage {
  const scale = Math.max(width / image.width, height / image.height);
  const wide = Math.max(width, Math.round(image.width * scale));
  const high = Math.max(height, Math.round(image.height * scale));
  return crop(resizeImage(image, wide, high), width, height);
}

/** The middle of a picture. */
function crop(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return { width, height, data };
}
