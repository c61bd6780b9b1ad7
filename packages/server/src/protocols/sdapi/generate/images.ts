/** The pictures of an answer. */
import type { Picture } from '@bottega/contract';
import { encodePng } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import type { SdapiServices } from '../services.ts';
import { gridRows, makeGrid } from './grid.ts';
import { inFormat } from './picture-format.ts';

export type Images = {
  /** In the format of the settings, a grid of them first where there is one. */
  readonly files: readonly Uint8Array[];
  readonly infotexts: readonly string[];
  readonly hasGrid: boolean;
};

export type ImageWishes = {
  /** A grid is made only for jobs whose pictures are kept. */
  readonly save: boolean;
  readonly batchSize: number;
  readonly settings: JsonObject;
};

/** Reads finished pictures back; those that were deleted meanwhile are missing. */
export async function collectImages(
  media: SdapiServices['media'],
  pictures: readonly Picture[],
  wishes: ImageWishes,
): Promise<Images> {
  const read = await Promise.all(
    pictures.map(async ({ url, infotext }) => ({ infotext, file: await media.get(hashIn(url)) })),
  );
  const present = read.flatMap(({ file, infotext }) => (file === undefined ? [] : [{ file, infotext }]));
  const files = present.map(({ file }) => file);
  const infotexts = present.map(({ infotext }) => infotext);
  const formatted = (pngs: readonly Uint8Array[], texts: readonly string[]): Promise<Uint8Array[]> =>
    Promise.all(pngs.map((png, index) => inFormat(png, texts[index], wishes.settings)));
  if (!wantsGrid(files.length, wishes)) {
    return { files: await formatted(files, infotexts), infotexts, hasGrid: false };
  }
  const grid = await makeGrid(files, gridRows(files.length, wishes.batchSize, wishes.settings));
  const [all, texts] = [
    [encodePng(grid, infotexts[0]), ...files],
    [infotexts[0], ...infotexts],
  ];
  return { files: await formatted(all, texts), infotexts: texts, hasGrid: true };
}

function wantsGrid(count: number, { save, settings }: ImageWishes): boolean {
  if (!save || settings.return_grid === false || count === 0) return false;
  return count > 1 || settings.grid_only_if_multiple === false;
}

/** The SHA-256 in a picture's address. */
function hashIn(url: string): Buffer {
  return Buffer.from(/([0-9a-f]{64})/.exec(url)?.[1] ?? '', 'hex');
}
