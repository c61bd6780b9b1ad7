import type { RgbImage } from '../../api.ts';
import type { FitMode } from '../../image/fit.ts';
import { roundHalfToEven } from '../../image/opencv/area.ts';
import { blankLike, cropped, pasted } from '../../image/region.ts';
import { resizeMap } from './resize-map.ts';

/**
 * A map in exactly this size: distorted, cut off at two sides, or with a border in the colour that its edges mostly
 * have; as the extension for A1111 does.
 */
export function fitMap(map: RgbImage, mode: FitMode, width: number, height: number): RgbImage {
  if (mode === 'stretch') return resizeMap(map, width, height);
  const scales = [height / map.height, width / map.width];
  const scale = mode === 'fill' ? Math.min(...scales) : Math.max(...scales);
  const [wide, high] = [map.width, map.height].map((side) => Math.max(1, roundHalfToEven(side * scale)));
  const resized = resizeMap(map, wide, high);
  if (mode === 'crop') {
    const left = Math.max(0, Math.floor((wide - width) / 2));
    const top = Math.max(0, Math.floor((high - height) / 2));
    return cropped(resized, { left, top, right: left + width, bottom: top + height });
  }
  const left = Math.max(0, Math.floor((width - wide) / 2));
  const top = Math.max(0, Math.floor((height - high) / 2));
  return pasted(plain(borderColour(map), width, height), resized, left, top);
}

function plain(colour: readonly number[], width: number, height: number): RgbImage {
  const { data } = blankLike({ width: 1, height: 1, data: new Uint8Array(3) }, width, height);
  return { width, height, data: data.map((_, i) => colour[i % 3]) };
}

/** The median of the outermost pixels, corners twice. */
function borderColour({ width, height, data }: RgbImage): readonly number[] {
  const rows = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]);
  const columns = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1]);
  const pixels = [...rows, ...columns].flat();
  return [0, 1, 2].map((c) => {
    const sorted = pixels.map((pixel) => data[3 * pixel + c]).toSorted((a, b) => a - b);
    const middle = sorted.length / 2;
    return Math.floor((sorted[middle - 1] + sorted[middle]) / 2);
  });
}
