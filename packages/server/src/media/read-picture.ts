/** Opens pictures of strangers: only known formats, within limits, upright, and as plain bytes. */
import { AppError } from '@bottega/contract';
import { withoutInks } from './cmyk.ts';
import { loadSharp } from './load-sharp.ts';

/** 8-bit RGB, or RGBA where the picture has transparency; row-major, no padding. */
export type Pixels = {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Buffer;
};

/** The engine takes no longer side. */
const longestSide = 16_384;
/** Nobody needs more, and a small file can claim to be huge. */
const largestPixels = 2 ** 26;

/** The first bytes of PNG, JPEG, GIF, WebP, TIFF and AVIF. Nothing else reaches a decoder: SVG is a language. */
const signatures =
  /^(89504e470d0a1a0a|ffd8ff|47494638|52494646.{8}57454250|49492a00|4d4d002a|.{8}6674797061766966)/;

/** Whether a file begins like a picture of a known kind: what does not must reach no decoder, not even for its size. */
export function isPicture(file: Buffer): boolean {
  return signatures.test(file.toString('hex', 0, 12));
}

/**
 * The first frame of a picture, turned as its EXIF says. Colour profiles are not applied, as in A1111.
 * @throws AppError `picture.unreadable` for what is damaged, of another kind, or larger than 16,384 pixels a side or
 * 67 million in all; nothing that large is unpacked.
 */
export async function readPicture(file: Buffer): Promise<Pixels> {
  if (!isPicture(file)) {
    throw unreadable('it is no PNG, JPEG, WebP, GIF, TIFF or AVIF');
  }
  const sharp = await loadSharp();
  const options = { limitInputPixels: largestPixels, failOn: 'error', ignoreIcc: true } as const;
  const { width, height, space } = await sharp(file, { ...options, limitInputPixels: false })
    .metadata()
    .catch(damaged);
  const isLarge = Math.max(width, height) > longestSide || width * height > largestPixels;
  if (isLarge) {
    throw unreadable(
      `${width}x${height} pixels are too many; a side may have ${longestSide}, the whole ${largestPixels}`,
    );
  }
  const upright = sharp(file, options).autoOrient();
  const isInk = space === 'cmyk';
  const coloured = isInk
    ? upright.pipelineColourspace('cmyk').toColourspace('cmyk')
    : upright.toColourspace('srgb');
  const { data, info } = await coloured
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(damaged);
  const size = { width: info.width, height: info.height };
  if (isInk) return { ...size, channels: 3, data: withoutInks(data, info.channels) };
  return withThreeColours({ ...size, channels: info.channels, data });
}

/** A PNG of these pixels and nothing else. */
export async function writePicture({ width, height, channels, data }: Pixels): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 6 }).toBuffer();
}

/** Grey, with transparency or without, becomes the same in colours. */
function withThreeColours(pixels: Omit<Pixels, 'channels'> & { readonly channels: number }): Pixels {
  const { width, height, channels, data } = pixels;
  if (channels === 3 || channels === 4) return { width, height, channels, data };
  const wanted = channels === 2 ? 4 : 3;
  const result = Buffer.alloc(width * height * wanted);
  for (let i = 0; i < width * height; i++) {
    result.fill(data[i * channels], i * wanted, i * wanted + 3);
    if (wanted === 4) result[i * wanted + 3] = data[i * channels + 1];
  }
  return { width, height, channels: wanted, data: result };
}

function damaged(cause: unknown): never {
  throw unreadable('it is damaged', cause);
}

function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError('picture.unreadable', { reason }, { cause });
}
