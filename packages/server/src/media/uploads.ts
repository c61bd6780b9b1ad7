/** Pictures that people send to start from. */
import type { Media } from '@bottega/contract';
import type { Db } from '../db/connect.ts';
import { uuidV7 } from '../db/uuid.ts';
import type { MediaStore } from './media-store.ts';
import { readPicture, writePicture } from './read-picture.ts';
import { lockMedia, releaseMedia } from './references.ts';
import { mediaUrls } from './routes.ts';
import type { Thumbnails } from './thumbnails.ts';
import { createTurns } from './turns.ts';

export type Uploads = {
  /**
   * Keeps a picture for a day, and as long as a generation starts from it: upright and as a plain PNG, with its
   * transparency and without what else was in the file. Durable when it resolves.
   * @throws AppError `picture.unreadable`, `storage.*`.
   */
  keep(file: Buffer): Promise<Upload>;
  /** Lets go of one before its day is over. */
  forget(upload: Upload): Promise<void>;
};

/** Several people may send the same picture: each has an upload of their own. */
export type Upload = Media & { readonly upload: string };

/** Unpacked, a small file may take hundreds of megabytes, and a hundred may come at once. */
const unpackedAtOnce = 2;
const keptForMs = 24 * 60 * 60 * 1000;

/** @param now Milliseconds; replaceable for tests. */
export function createUploads(
  db: Db,
  stores: { readonly media: MediaStore; readonly thumbnails: Thumbnails },
  now: () => number = Date.now,
): Uploads {
  const inTurn = createTurns(unpackedAtOnce);
  async function sweep(): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const gone = await trx
        .deleteFrom('uploads')
        .where('created_at', '<', new Date(now() - keptForMs))
        .returning('media')
        .execute();
      await releaseMedia(
        trx,
        gone.map(({ media }) => media),
        stores,
      );
    });
  }

  return {
    keep: async (file) => {
      const { png, width, height } = await inTurn(() => repacked(file));
      await sweep();
      const upload = uuidV7();
      const media = await db.transaction().execute(async (trx) => {
        const hash = await stores.media.put(png, (known) => lockMedia(trx, known));
        await trx
          .insertInto('uploads')
          .values({ id: upload, media: hash, width, height, created_at: new Date(now()) })
          .execute();
        return hash;
      });
      return { upload, id: media.toString('hex'), width, height, url: mediaUrls(media).url };
    },
    forget: async ({ upload }) => {
      await db.transaction().execute(async (trx) => {
        const gone = await trx.deleteFrom('uploads').where('id', '=', upload).returning('media').execute();
        await releaseMedia(
          trx,
          gone.map(({ media }) => media),
          stores,
        );
      });
    },
  };
}

/** @throws AppError `picture.unreadable`. */
async function repacked(file: Buffer) {
  const pixels = await readPicture(file);
  return { png: await writePicture(pixels), width: pixels.width, height: pixels.height };
}
