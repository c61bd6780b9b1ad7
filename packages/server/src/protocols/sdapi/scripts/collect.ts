/** The pictures of a script's answer, as files. */
import { encodePng } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { gridRows, makeGrid } from '../generate/grid.ts';
import { inFormat } from '../generate/picture-format.ts';
import type { SdapiServices } from '../services.ts';
import type { Shown } from './selectable.ts';

type File = { readonly file: Uint8Array; readonly infotext: string };

/** Those that were deleted meanwhile, or never drawn, are missing. */
export async function collectShown(
  media: SdapiServices['media'],
  shown: readonly Shown[],
  settings: JsonObject,
): Promise<{ readonly files: readonly Uint8Array[]; readonly infotexts: readonly string[] }> {
  const collected: File[] = [];
  for (const pictures of shown) {
    const files = await filesOf(media, pictures);
    if (files.length === 0) continue;
    const [{ infotext }] = files;
    const png = files.length === 1 ? files[0].file : await gridOf(files, settings);
    collected.push({ file: await inFormat(png, infotext, settings), infotext });
  }
  return { files: collected.map(({ file }) => file), infotexts: collected.map(({ infotext }) => infotext) };
}

async function filesOf(media: SdapiServices['media'], pictures: Shown): Promise<File[]> {
  const files: File[] = [];
  for (const { url, infotext } of pictures) {
    const file = await media.get(Buffer.from(/([0-9a-f]{64})/.exec(url)?.[1] ?? '', 'hex'));
    if (file !== undefined) files.push({ file, infotext });
  }
  return files;
}

async function gridOf(files: readonly File[], settings: JsonObject): Promise<Uint8Array> {
  const grid = await makeGrid(
    files.map(({ file }) => file),
    gridRows(files.length, files.length, settings),
  );
  return encodePng(grid, files[0].infotext);
}
