/** Pixels to a PNG that says how it was made. */
import { crc32 } from 'node:zlib';
import type { RgbImage } from '@bottega/diffusion';
import { loadSharp } from './load-sharp.ts';

/** The chunks before the pixels: signature (8 bytes) and IHDR (25). */
const headLength = 33;

/**
 * @param infotext Stored as A1111 does, under the keyword `parameters`.
 */
export async function encodePng(image: RgbImage, infotext: string): Promise<Buffer> {
  const { width, height, data } = image;
  const sharp = await loadSharp();
  // Level 3 is three times as quick as the default and 5 % larger.
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
  return Buffer.concat([
    png.subarray(0, headLength),
    textChunk('parameters', infotext),
    png.subarray(headLength),
  ]);
}

/** tEXt where Latin-1 suffices, else iTXt (PNG specification, 11.3.3). */
function textChunk(keyword: string, text: string): Buffer {
  // oxlint-disable-next-line no-control-regex -- every character of Latin-1 but NUL
  return /^[\u0001-\u00ff]*$/.test(text)
    ? chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'))
    : chunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length, 0);
  body.copy(result, 4);
  result.writeUInt32BE(crc32(body), body.length + 4);
  return result;
}
