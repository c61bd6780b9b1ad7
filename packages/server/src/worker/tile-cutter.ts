/** Cuts the tiles of a job out of the enlarged picture, which is made once. */
import type { ImageToImageRequest, RgbImage, UpscaleOptions } from '@bottega/diffusion';
import type { Part, Tile } from '../scripts/plan.ts';
import type { WorkerConfig } from './protocol.ts';

type Images = ImageToImageRequest['images'];

/**
 * What a part starts from: of one that draws a tile its piece of the first picture; of any other all pictures.
 * @throws what the upscaler throws.
 */
export type TileCutter = (
  part: Part,
  images: Images,
  options: Pick<UpscaleOptions, 'signal'>,
) => Promise<Images>;

export type TileCutterSettings = Pick<WorkerConfig, 'mode' | 'threads' | 'device' | 'modelFolders'>;

/** For one job: it keeps one enlarged picture. */
export function createTileCutter({ modelFolders, ...settings }: TileCutterSettings): TileCutter {
  let kept: { readonly key: string; readonly image: RgbImage } | undefined;

  async function enlarged(
    image: RgbImage,
    { scale, upscaler: name }: Tile,
    signal?: AbortSignal,
  ): Promise<RgbImage> {
    if (name === 'None') return image;
    const { openUpscaler, upscaleBy } = await import('@bottega/diffusion');
    await using upscaler = await openUpscaler(name, { ...settings, folders: modelFolders });
    return await upscaleBy(upscaler, image, scale, { signal });
  }

  return async ({ tile, recipe }, images, { signal }) => {
    if (tile === undefined) return images;
    const key = JSON.stringify([
      recipe.start?.images[0],
      recipe.start?.background,
      tile.scale,
      tile.upscaler,
    ]);
    if (kept?.key !== key) kept = { key, image: await enlarged(images[0], tile, signal) };
    const { cut } = await import('../scripts/sheet/tiles.ts');
    return [cut(kept.image, tile.x, tile.y, recipe)];
  };
}
