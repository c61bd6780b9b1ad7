import type { GreyImage } from '../../image/channels.ts';

/** What lies around a pixel, by rows: 1 white, -1 black, 0 whatever. */
type Pattern = readonly number[];

/** Pixels at the border of a line that is thicker than one. */
const borders: readonly Pattern[] = [
  [-1, -1, -1, 0, 1, 0, 1, 1, 1],
  [0, -1, -1, 1, 1, -1, 0, 1, 0],
];
/** Ends of short spurs. */
const spurs: readonly Pattern[] = [
  [-1, -1, -1, -1, 1, -1, 0, 0, -1],
  [-1, -1, -1, -1, 1, -1, -1, 0, 0],
];
const mostPasses = 32;

/**
 * White lines made one pixel wide, by taking border pixels away until none are left.
 * @param prunes takes the ends of spurs too.
 */
export function thin(image: GreyImage, prunes: boolean): GreyImage {
  const data = image.data.slice();
  for (let pass = 0; pass < mostPasses; pass++) {
    if (!takeAway({ ...image, data }, borders)) break;
  }
  if (prunes) takeAway({ ...image, data }, spurs);
  return { ...image, data };
}

/** Takes pixels away in place, one pattern in one of its four turns after the other. */
function takeAway(image: GreyImage, patterns: readonly Pattern[]): boolean {
  let isChanged = false;
  for (let turns = 0; turns < 4; turns++) {
    for (const pattern of patterns) {
      const found = matches(image, turned(pattern, turns));
      for (const pixel of found) image.data[pixel] = 0;
      isChanged ||= found.length > 0;
    }
  }
  return isChanged;
}

/** Places beyond the edges fit everything. */
function matches({ width, height, data }: GreyImage, pattern: Pattern): readonly number[] {
  const found: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      const fits = pattern.every((wanted, k) => {
        const [column, row] = [x + (k % 3) - 1, y + Math.floor(k / 3) - 1];
        if (wanted === 0 || column < 0 || row < 0 || column >= width || row >= height) return true;
        return data[row * width + column] > 0 === wanted > 0;
      });
      if (fits) found.push(y * width + x);
    }
  }
  return found;
}

/** Turned against the clock by quarters. */
function turned(pattern: Pattern, quarters: number): Pattern {
  if (quarters === 0) return pattern;
  const once = pattern.map((_, k) => pattern[(k % 3) * 3 + 2 - Math.floor(k / 3)]);
  return turned(once, quarters - 1);
}
