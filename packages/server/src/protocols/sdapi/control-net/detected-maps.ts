/** The maps that ControlNets followed, which the extension appends to the pictures of an answer. */
import { makeControlMap, type RgbImage } from '@bottega/diffusion';
import { onBackground } from '../../../media/flatten.ts';
import { readPicture } from '../../../media/read-picture.ts';
import type { SdapiServices } from '../services.ts';
import type { Controls } from './controls.ts';

type Size = { readonly width: number; readonly height: number };

/**
 * PNG files, one for each unit that shows its map and each size; those whose pictures are gone are missing.
 * @param sizes The second pass's first, as the extension has it.
 * @param firstImage Id of the picture that the drawing started from.
 */
export async function detectedMaps(
  { controls = [], units }: Controls,
  sizes: readonly Size[],
  firstImage: string | undefined,
  media: SdapiServices['media'],
): Promise<readonly Uint8Array[]> {
  const maps: Uint8Array[] = [];
  for (const [i, { image = firstImage, mask: _, ...settings }] of controls.entries()) {
    if (!units[i].showsMap || image === undefined) continue;
    const picture = await open(image, media);
    if (picture === undefined) continue;
    for (const { width, height } of sizes) {
      const size = { width: multipleOf8(width), height: multipleOf8(height) };
      maps.push(await makeControlMap({ ...settings, image: picture }, size));
    }
  }
  return maps;
}

async function open(id: string, media: SdapiServices['media']): Promise<RgbImage | undefined> {
  const file = await media.get(Buffer.from(id, 'hex'));
  return file && onBackground(await readPicture(file));
}

function multipleOf8(side: number): number {
  return Math.max(8, side - (side % 8));
}
