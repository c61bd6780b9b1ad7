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

/** The eight neighbours of a pixel by their places in a pattern. */
const neighbours = [0, 1, 2, 3, 5, 6, 7, 8];

/** Takes pixels away in place, one pattern in one of its four turns after the other. */
function takeAway(image: GreyImage, patterns: readonly Pattern[]): boolean {
  let isChanged = false;
  let white = image.data.reduce<number[]>((found, value, i) => {
    if (value > 0) found.push(i);
    return found;
  }, []);
  for (let turns = 0; turns < 4; turns++) {
    for (const pattern of patterns) {
      const test = testOf(turned(pattern, turns));
      const found = white.filter((pixel) => test(image, pixel));
      for (const pixel of found) image.data[pixel] = 0;
      if (found.length === 0) continue;
      isChanged = true;
      white = white.filter((pixel) => image.data[pixel] > 0);
    }
  }
  return isChanged;
}

/** Whether a pattern lies around a white pixel; places beyond the edges fit everything. */
function testOf(pattern: Pattern): (image: GreyImage, pixel: number) => boolean {
  const wanted = neighbours.filter((place) => pattern[place] !== 0);
  const across = wanted.map((place) => (place % 3) - 1);
  const down = wanted.map((place) => Math.floor(place / 3) - 1);
  return ({ width, height, data }, pixel) => {
    const x = pixel % width;
    const y = (pixel - x) / width;
    for (let k = 0; k < wanted.length; k++) {
      const column = x + across[k];
      const row = y + down[k];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      if (data[row * width + column] > 0 !== pattern[wanted[k]] > 0) return false;
    }
    return true;
  };
}

/** Turned against the clock by quarters. */
function turned(pattern: Pattern, quarters: number): Pattern {
  if (quarters === 0) return pattern;
  const once = pattern.map((_, k) => pattern[(k % 3) * 3 + 2 - Math.floor(k / 3)]);
  return turned(once, quarters - 1);
}
