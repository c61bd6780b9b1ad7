import type { RgbImage } from '../api.ts';
import type { GreyImage } from '../image/channels.ts';

/** Grey as three equal channels. */
export function fromGrey({ width, height, data }: GreyImage): RgbImage {
  const rgb = new Uint8Array(data.length * 3);
  for (let i = 0; i < data.length; i++) rgb.fill(data[i], 3 * i, 3 * i + 3);
  return { width, height, data: rgb };
}

/** A map, white where a pixel passes a test of its three channels and its place. */
export function mapOf(
  { width, height, data }: RgbImage,
  isWhite: (red: number, green: number, blue: number, pixel: number) => boolean,
): RgbImage {
  const map = new Uint8Array(width * height);
  for (let i = 0; i < map.length; i++) {
    map[i] = isWhite(data[3 * i], data[3 * i + 1], data[3 * i + 2], i) ? 255 : 0;
  }
  return fromGrey({ width, height, data: map });
}
