/** Small copies for the gallery, made when they are first asked for. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadSharp } from './load-sharp.ts';
import { type MediaStore, readIfThere } from './media-store.ts';

export type Thumbnails = {
  /** A WebP of at most 384 pixels a side; `undefined` where there is no such picture. */
  get(hash: Buffer): Promise<Buffer | undefined>;
  remove(hash: Buffer): Promise<void>;
};

const side = 384;

/** @param folder Exists; everything in it can be made again. */
export function openThumbnails(folder: string, media: MediaStore): Thumbnails {
  const making = new Map<string, Promise<Buffer | undefined>>();
  const pathOf = (hex: string) => join(folder, hex.slice(0, 2), `${hex}.webp`);

  async function make(hash: Buffer, hex: string): Promise<Buffer | undefined> {
    const original = await media.get(hash);
    if (original === undefined) return undefined;
    const sharp = await loadSharp();
    const small = await sharp(original)
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer();
    const path = pathOf(hex);
    const own = `${path}.${process.pid}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(own, small);
    await rename(own, path);
    return small;
  }

  return {
    get: async (hash) => {
      const hex = hash.toString('hex');
      const known = await readIfThere(pathOf(hex));
      if (known !== undefined) return known;
      const running = making.get(hex) ?? make(hash, hex).finally(() => making.delete(hex));
      making.set(hex, running);
      return running;
    },
    remove: (hash) => rm(pathOf(hash.toString('hex')), { force: true }),
  };
}
