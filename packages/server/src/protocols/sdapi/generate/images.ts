/** The pictures of an answer. */
import type { Picture } from '@bottega/contract';
import { encodePng } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import type { SdapiServices } from '../services.ts';
import { gridRows, makeGrid } from './grid.ts';
import { inFormat } from './picture-format.ts';

export type Images = {
  /** In the format of the settings: a grid first where there is one, and after each picture what its mask returned. */
  readonly files: readonly Uint8Array[];
  /** Of the grid and the pictures; masks have none, as in A1111. */
  readonly infotexts: readonly string[];
  readonly hasGrid: boolean;
};

type File = { readonly file: Uint8Array; readonly infotext?: string };

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
  const read = await Promise.all(pictures.map((picture) => filesOf(media, picture, wishes.settings)));
  const files = read.flat();
  const hasGrid = wantsGrid(files.length, wishes);
  const all = hasGrid ? [await gridOf(files, wishes), ...files] : files;
  return {
    files: await Promise.all(all.map(({ file, infotext }) => inFormat(file, infotext, wishes.settings))),
    infotexts: all.flatMap(({ infotext }) => infotext ?? []),
    hasGrid,
  };
}

/** The picture, and then what its mask returned, as far as that is asked for: the rest is only kept. */
async function filesOf(
  media: SdapiServices['media'],
  picture: Picture,
  settings: JsonObject,
): Promise<File[]> {
  const { url, infotext, maskUrl, compositeUrl } = picture;
  const file = await media.get(hashIn(url));
  if (file === undefined) return [];
  const wanted = [
    ...(settings.return_mask === true ? [maskUrl] : []),
    ...(settings.return_mask_composite === true ? [compositeUrl] : []),
  ];
  const beside = await Promise.all(wanted.map((one) => one && media.get(hashIn(one))));
  return [{ file, infotext }, ...beside.flatMap((one) => (one ? [{ file: one }] : []))];
}

async function gridOf(files: readonly File[], { batchSize, settings }: ImageWishes): Promise<File> {
  const pngs = files.map(({ file }) => file);
  const infotext = files[0].infotext ?? '';
  const grid = await makeGrid(pngs, gridRows(pngs.length, batchSize, settings));
  return { file: encodePng(grid, infotext), infotext };
}

function wantsGrid(count: number, { save, settings }: ImageWishes): boolean {
  if (!save || settings.return_grid === false || count === 0) return false;
  return count > 1 || settings.grid_only_if_multiple === false;
}

/** The SHA-256 in a picture's address. */
function hashIn(url: string): Buffer {
  return Buffer.from(/([0-9a-f]{64})/.exec(url)?.[1] ?? '', 'hex');
}
