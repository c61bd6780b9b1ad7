/** Pictures and thumbnails over HTTP: `/media/HASH.png`, `/media/HASH.webp`; and pictures that are sent. */
import { AppError, routes } from '@bottega/contract';
import { Hono } from 'hono';
import { readBytes } from '../errors/input.ts';
import type { MediaStore } from './media-store.ts';
import type { Thumbnails } from './thumbnails.ts';
import type { Uploads } from './uploads.ts';

const largestPicture = 32 * 2 ** 20;

/** Where a picture and its thumbnail are, relative to the server. */
export function mediaUrls(hash: Buffer): { readonly url: string; readonly thumbnailUrl: string } {
  const hex = hash.toString('hex');
  return { url: `/media/${hex}.png`, thumbnailUrl: `/media/${hex}.webp` };
}

/** The bytes behind an address never change, so browsers may keep them for ever. */
export function mediaRoutes(media: MediaStore, thumbnails: Thumbnails): Hono {
  const kinds = {
    png: { type: 'image/png', get: media.get },
    webp: { type: 'image/webp', get: thumbnails.get },
  } as const;
  return new Hono().get('/media/:file', async (c) => {
    const found = /^([0-9a-f]{64})\.(png|webp)$/.exec(c.req.param('file'));
    if (found === null) throw new AppError('route.unknown', { path: c.req.path });
    const [, hex, extension] = found;
    const { type, get } = kinds[extension as keyof typeof kinds];
    const etag = `"${hex}.${extension}"`;
    const headers = { 'content-type': type, etag, 'cache-control': 'public, max-age=31536000, immutable' };
    if (c.req.header('if-none-match')?.includes(etag) === true) return c.body(null, 304, headers);
    const bytes = await get(Buffer.from(hex, 'hex'));
    if (bytes === undefined) throw new AppError('route.unknown', { path: c.req.path });
    return c.body(new Uint8Array(bytes), 200, headers);
  });
}

/** Sending a picture to start from. */
export function uploadRoutes(uploads: Uploads): Hono {
  return new Hono().post('/api/v1/media', async (c) => {
    const { upload: _, ...media } = await uploads.keep(await readBytes(c, largestPicture));
    return c.json(media, routes.sendPicture.status);
  });
}
