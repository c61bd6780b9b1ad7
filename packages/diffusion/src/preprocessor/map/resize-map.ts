import type { RgbImage } from '../../api.ts';
import type { GreyImage } from '../../image/channels.ts';
import { resizeLikeOpenCv } from '../../image/opencv/resize.ts';
import type { Interpolation } from '../../image/opencv/resize.ts';
import { fromGrey } from '../grey.ts';
import { around, extreme, ridges } from './neighbours.ts';
import { inBlackAndWhite } from './otsu.ts';
import { thin } from './thin.ts';

/** As many colours as a map of regions has at most. */
const mostRegions = 200;

/**
 * A map in another size that stays what it is, as the extension for A1111 resizes maps: regions keep their colours,
 * what is black and white stays so, and lines of one pixel stay lines of one pixel.
 */
export function resizeMap(map: RgbImage, width: number, height: number): RgbImage {
  const before = map.width * map.height;
  const colours = coloursOf(map);
  const isBinary = colours === 2 && darkestOf(map) < 16 && brightestOf(map) > 240;
  const isRegions = colours > 2 && colours < mostRegions;
  const smoothly: Interpolation = width * height < before ? 'area' : 'cubic';
  const resized = resizeLikeOpenCv(map, width, height, isRegions ? 'nearest' : smoothly);
  if (!isBinary) return resized;
  const grey = meanOf(resized);
  if (!isFine(map)) return fromGrey(inBlackAndWhite(grey));
  return fromGrey(thin(inBlackAndWhite(ridges(grey)), width * height > before));
}

/** Counts up to `mostRegions`. */
function coloursOf({ data }: RgbImage): number {
  const seen = new Set<number>();
  for (let i = 0; i < data.length && seen.size < mostRegions; i += 3) {
    seen.add(data[i] * 65_536 + data[i + 1] * 256 + data[i + 2]);
  }
  return seen.size;
}

/** Whether most of what is bright is thinner than three pixels. */
function isFine({ width, height, data }: RgbImage): boolean {
  let [thinned, bright] = [0, 0];
  for (let c = 0; c < 3; c++) {
    const channel: GreyImage = { width, height, data: new Uint8Array(width * height) };
    for (let i = 0; i < channel.data.length; i++) channel.data[i] = data[3 * i + c];
    const opened = extreme(extreme(channel, around, 'smallest'), around, 'largest');
    for (let i = 0; i < channel.data.length; i++) {
      if (opened.data[i] < channel.data[i]) thinned++;
      if (channel.data[i] > 127) bright++;
    }
  }
  return 2 * thinned > bright;
}

function meanOf({ width, height, data }: RgbImage): GreyImage {
  const mean = new Uint8Array(width * height);
  for (let i = 0; i < mean.length; i++) mean[i] = (data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3;
  return { width, height, data: mean };
}

function darkestOf({ data }: RgbImage): number {
  return data.reduce((darkest, value) => Math.min(darkest, value), 255);
}

function brightestOf({ data }: RgbImage): number {
  return data.reduce((brightest, value) => Math.max(brightest, value), 0);
}
