import { constants, crc32, deflateSync } from 'node:zlib';
import type { RgbaImage, RgbImage } from '../api.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A picture as a PNG file of 8-bit RGB, or RGBA where it has opacity, with its generation parameters under the keyword `parameters`, where A1111
 * and its clients look for them: as tEXt where Latin-1 can hold them, otherwise as iTXt in UTF-8.
 * @param texts the generation parameters, or several texts by their keywords, which have 1 to 79 letters of ASCII.
 */
export function encodePng(
  image: RgbImage | RgbaImage,
  texts: string | Readonly<Record<string, string>> = {},
): Uint8Array {
  const byKeyword = typeof texts === 'string' ? { parameters: texts } : texts;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, image.width);
  header.setUint32(4, image.height);
  header.setUint8(8, 8);
  const channels = image.data.length / (image.width * image.height);
  header.setUint8(9, channels === 4 ? colourAndOpacity : trueColour);
  return Buffer.concat([
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    ...Object.entries(byKeyword).map(([keyword, text]) => textChunk(keyword, text)),
    // Filtered rows hardly repeat: looking for more than runs takes three times as long and finds nothing.
    chunk(
      'IDAT',
      deflateSync(filtered(image, channels), { strategy: constants.Z_RLE, memLevel: 9, chunkSize: 2 ** 18 }),
    ),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** PNG's numbers for kinds of pixels. */
const trueColour = 2;
const colourAndOpacity = 6;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function textChunk(keyword: string, text: string): Uint8Array {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0001-\u00ff]*$/.test(text)
    ? chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'))
    : chunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`));
}

/** One byte in so many is looked at to choose a row's filter. */
const sampled = 7;

/** Rows as differences from the row above (filter "Up") or the pixel before ("Sub"), whichever seems smaller. */
function filtered({ width, height, data }: RgbImage, channels: number): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(height * (stride + 1));
  for (let y = 0, start = 0, to = 0; y < height; y++, start += stride) {
    const end = start + stride;
    const isUp = y > 0 && isSmallerFromAbove(data, { start, end, stride, channels });
    const distance = isUp ? stride : channels;
    const first = isUp ? start : start + channels;
    out[to++] = isUp ? 2 : 1;
    for (let i = start; i < first; i++) out[to++] = data[i];
    for (let i = first; i < end; i++) out[to++] = data[i] - data[i - distance];
  }
  return out;
}

type Row = {
  readonly start: number;
  readonly end: number;
  readonly stride: number;
  readonly channels: number;
};

function isSmallerFromAbove(data: Uint8Array, { start, end, stride, channels }: Row): boolean {
  let difference = 0;
  for (let i = start + channels; i < end; i += sampled) {
    difference += Math.abs(data[i] - data[i - stride]) - Math.abs(data[i] - data[i - channels]);
  }
  return difference < 0;
}
