/** Pictures to draw from, and masks. */
import { encodePng, type RgbImage } from '@bottega/diffusion';

type Colour = readonly [red: number, green: number, blue: number];

export function paint(width: number, height: number, colourAt: (x: number, y: number) => Colour): RgbImage {
  const pixels = Array.from({ length: width * height }, (_, i) => colourAt(i % width, Math.floor(i / width)));
  return { width, height, data: Uint8Array.from(pixels.flat()) };
}

/** @param value Of every channel. */
export function flat(width: number, height: number, value: number): RgbImage {
  return paint(width, height, () => [value, value, value]);
}

/** White in the given part, black elsewhere. */
export function maskOf(width: number, height: number, isWhite: (x: number, y: number) => boolean): RgbImage {
  return paint(width, height, (x, y) => (isWhite(x, y) ? [255, 255, 255] : [0, 0, 0]));
}

/** As programs send it. */
export function base64Png(image: RgbImage): string {
  return Buffer.from(encodePng(image)).toString('base64');
}
