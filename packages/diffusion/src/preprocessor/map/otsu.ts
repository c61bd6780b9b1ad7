import type { GreyImage } from '../../image/channels.ts';

/**
 * White where a pixel belongs to the brighter of two groups, chosen so that they differ most.
 * Otsu: "A threshold selection method from gray-level histograms" (1979).
 */
export function inBlackAndWhite(image: GreyImage): GreyImage {
  const level = otsuLevel(image.data);
  return { ...image, data: image.data.map((value) => (value > level ? 255 : 0)) };
}

function otsuLevel(data: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const value of data) counts[value]++;
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / data.length;
  let [best, level, below, sum] = [0, 0, 0, 0];
  for (let value = 0; value < 256; value++) {
    below += counts[value] / data.length;
    sum += (value * counts[value]) / data.length;
    const above = 1 - below;
    if (Math.min(below, above) < 1e-9) continue;
    const difference = sum / below - (mean - sum) / above;
    const spread = below * above * difference ** 2;
    if (spread <= best) continue;
    best = spread;
    level = value;
  }
  return level;
}
