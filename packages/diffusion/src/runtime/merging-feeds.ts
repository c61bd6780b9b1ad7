import type { UNetConfig } from '../models/unet/config.ts';
import type { Feed } from './protocol.ts';

/**
 * What a UNet that merges tokens is told of the size at hand: in every square of 2x2 pixels of the latents the others
 * may be merged into the upper left one, and of an odd row or column at the edge all may be merged elsewhere (tomesd
 * by Bolya and Hoffman as A1111 1.10 calls it).
 * @param ratio share of all pixels to be merged, 0 to 1; at most all that may be are.
 * @returns undefined where nothing is merged: the UNet has no attention at its finest level, as SDXL's, or there are
 *   too few pixels.
 */
export function mergingFeeds(
  { levels }: UNetConfig,
  [, , height, width]: readonly number[],
  ratio: number,
): Readonly<Record<'sources' | 'destinations' | 'merged', Feed>> | undefined {
  if (levels[0].depth === 0) return undefined;
  const isDestination = (pixel: number): boolean => {
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    return y % 2 === 0 && x % 2 === 0 && y + 1 < height && x + 1 < width;
  };
  const pixels = Array.from({ length: height * width }, (_, pixel) => pixel);
  const sources = pixels.filter((pixel) => !isDestination(pixel));
  const merged = Math.min(sources.length, Math.trunc(pixels.length * ratio));
  if (merged === 0 || sources.length === pixels.length) return undefined;
  return {
    sources: numbers(sources),
    destinations: numbers(pixels.filter(isDestination)),
    merged: numbers([merged]),
  };
}

function numbers(values: readonly number[]): Feed {
  return { shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}
