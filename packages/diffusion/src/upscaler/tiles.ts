import type { RgbImage } from '../api.ts';
import { cropped } from '../image/region.ts';

/** A1111's ESRGAN_tile and ESRGAN_tile_overlap, in pixels of the small picture. */
const side = 192;
const overlap = 8;

/** Where one tile lies; tiles of a row share `top`. */
export type Tile = { readonly left: number; readonly top: number };

export type Tiling = {
  /** Of one tile: a picture that is smaller is one tile of its own size. */
  readonly width: number;
  readonly height: number;
  readonly rows: readonly (readonly Tile[])[];
};

/**
 * Covers a picture with tiles of equal size that overlap by at least 8 pixels, where A1111's `split_grid` puts them.
 */
export function tilingOf({ width, height }: Pick<RgbImage, 'width' | 'height'>): Tiling {
  const tops = starts(height);
  const lefts = starts(width);
  return {
    width: Math.min(side, width),
    height: Math.min(side, height),
    rows: tops.map((top) => lefts.map((left) => ({ left, top }))),
  };
}

function starts(length: number): readonly number[] {
  const count = Math.max(1, Math.ceil((length - overlap) / (side - overlap)));
  if (count === 1) return [0];
  const step = (length - side) / (count - 1);
  return Array.from({ length: count }, (_, i) => Math.min(length - side, Math.floor(i * step)));
}

/**
 * Enlarges a picture tile by tile and joins what comes out: across the overlap each tile fades in over the one before
 * it, in the bytes and the rounding of Pillow, and rows likewise. Beside the result one row of tiles is in memory.
 * @param enlarge makes a tile `scale` times as large.
 */
export async function enlargeInTiles(
  image: RgbImage,
  scale: number,
  enlarge: (tile: RgbImage, done: number, tiles: number) => Promise<RgbImage>,
): Promise<RgbImage> {
  const { width, height, rows } = tilingOf(image);
  const tiles = rows.length * rows[0].length;
  const whole = blank(image.width * scale, image.height * scale);
  let done = 0;
  for (const row of rows) {
    const strip = blank(image.width * scale, height * scale);
    for (const { left, top } of row) {
      const tile = cropped(image, { left, top, right: left + width, bottom: top + height });
      pasteFading(strip, await enlarge(tile as RgbImage, done, tiles), left * scale, 'across', scale);
      done++;
    }
    pasteFading(whole, strip, row[0].top * scale, 'down', scale);
  }
  return whole;
}

/** What is first in its direction is put down as it is; all else fades in over the overlap. */
function pasteFading(
  ground: RgbImage,
  image: RgbImage,
  at: number,
  direction: 'across' | 'down',
  scale: number,
): void {
  const band = at === 0 ? 0 : overlap * scale;
  const [left, top] = direction === 'across' ? [at, 0] : [0, at];
  for (let y = 0; y < image.height; y++) {
    const from = y * image.width * 3;
    const to = ((top + y) * ground.width + left) * 3;
    const row = image.data.subarray(from, from + image.width * 3);
    const faded = direction === 'across' ? band : y < band ? image.width : 0;
    ground.data.set(row.subarray(faded * 3), to + faded * 3);
    for (let i = 0; i < faded * 3; i++) {
      const place = direction === 'across' ? Math.floor(i / 3) : y;
      ground.data[to + i] = mixed(ground.data[to + i], row[i], Math.floor((place * 255) / band));
    }
  }
}

/** Pillow's division by 255, rounded. */
function mixed(below: number, above: number, weight: number): number {
  const sum = below * (255 - weight) + above * weight + 128;
  return ((sum >> 8) + sum) >> 8;
}

function blank(width: number, height: number): RgbImage & { readonly data: Uint8Array } {
  return { width, height, data: new Uint8Array(width * height * 3) };
}
