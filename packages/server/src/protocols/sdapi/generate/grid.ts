/** Several pictures as one, in rows (A1111's image_grid). */
import type { RgbImage } from '@bottega/diffusion';
import { loadSharp } from '../../../media/load-sharp.ts';
import type { JsonObject } from '../../../settings/settings-store.ts';

/** Rows for `count` pictures: a fixed number, the batch's size (0), or as square as it gets (-1). */
export function gridRows(count: number, batchSize: number, settings: JsonObject): number {
  const fixed = Number(settings.n_rows ?? -1);
  const wanted =
    fixed > 0
      ? fixed
      : fixed === 0
        ? batchSize
        : squareRows(count, settings.grid_prevent_empty_spots === true);
  return Math.min(wanted, count);
}

function squareRows(count: number, withoutGaps: boolean): number {
  if (!withoutGaps) return Math.round(Math.sqrt(count));
  let rows = Math.floor(Math.sqrt(count));
  while (count % rows !== 0) rows--;
  return rows;
}

/**
 * @param pictures PNGs of one size, that of the first; of others as much as fits is there. Opacity counts for nothing,
 * and empty places are black.
 */
export async function makeGrid(pictures: readonly Uint8Array[], rows: number): Promise<RgbImage> {
  const sharp = await loadSharp();
  const columns = Math.ceil(pictures.length / rows);
  const { width = 1, height = 1 } = await sharp(pictures[0]).metadata();
  const { data, info } = await sharp({
    create: { width: columns * width, height: rows * height, channels: 3, background: 'black' },
  })
    .composite(
      await Promise.all(
        pictures.map(async (picture, index) => ({
          input: await fitting(picture, width, height),
          left: (index % columns) * width,
          top: Math.floor(index / columns) * height,
        })),
      ),
    )
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

async function fitting(picture: Uint8Array, width: number, height: number): Promise<Buffer> {
  const sharp = await loadSharp();
  const own = await sharp(picture).metadata();
  if (own.channels === 3 && own.width <= width && own.height <= height) return Buffer.from(picture);
  const part = { left: 0, top: 0, width: Math.min(width, own.width), height: Math.min(height, own.height) };
  return sharp(picture).removeAlpha().extract(part).png().toBuffer();
}
