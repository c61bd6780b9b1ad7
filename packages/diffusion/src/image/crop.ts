import type { RgbImage } from '../api.ts';
import { cropped } from './region.ts';

/** The middle of a picture, in a size that is not larger than its own. */
export function cropMiddle(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  return cropped(image, { left, top, right: left + width, bottom: top + height });
}

/** A picture with `margin` more pixels on every side, like those at its edges. */
export function extendEdges(image: RgbImage, margin: number): RgbImage {
  const [width, height] = [image.width + 2 * margin, image.height + 2 * margin];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = Math.min(image.height - 1, Math.max(0, y - margin)) * image.width;
    for (let x = 0; x < width; x++) {
      const source = (row + Math.min(image.width - 1, Math.max(0, x - margin))) * 3;
      data.set(image.data.subarray(source, source + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
