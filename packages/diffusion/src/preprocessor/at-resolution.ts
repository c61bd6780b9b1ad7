import type { RgbImage } from '../api.ts';
import { EngineError } from '../errors.ts';
import type { Bytes } from '../image/channels.ts';
import { roundHalfToEven } from '../image/opencv/area.ts';
import { resizeLikeOpenCv } from '../image/opencv/resize.ts';
import { cropped } from '../image/region.ts';

/** The most pixels that a preprocessor looks at; the shape of a picture may be extreme. */
const mostPixels = 2 ** 26;
/** Sides are filled up to a multiple of this. */
const block = 64;

/**
 * Has a picture looked at with its shorter side at `resolution` pixels: resized, with edges drawn out to multiples of
 * 64, which are cut off again from the result.
 * @throws EngineError 'request.too-large' for a picture so long that it would become huge.
 */
export function atResolution(
  image: RgbImage,
  resolution: number,
  look: (image: Bytes) => Bytes = (same) => same,
): RgbImage {
  const scale = resolution / Math.min(image.width, image.height);
  const width = Math.max(1, roundHalfToEven(image.width * scale));
  const height = Math.max(1, roundHalfToEven(image.height * scale));
  requireSize(image, width * height);
  const resized = resizeLikeOpenCv(image, width, height, scale > 1 ? 'cubic' : 'area');
  return cropped(look(filledUp(resized)), { left: 0, top: 0, right: width, bottom: height });
}

function requireSize({ width, height }: RgbImage, pixels: number): void {
  if (pixels <= mostPixels) return;
  throw new EngineError('request.too-large', {
    field: 'controls.image',
    width,
    height,
    needed: `${Math.ceil(pixels / 1e6)} million pixels`,
    available: `room for ${Math.floor(mostPixels / 1e6)} million`,
  });
}

function filledUp({ width, height, data }: Bytes): Bytes {
  const wide = Math.ceil(width / block) * block;
  const high = Math.ceil(height / block) * block;
  const filled = new Uint8Array(wide * high * 3);
  for (let y = 0; y < high; y++) {
    const row = Math.min(height - 1, y) * width * 3;
    filled.set(data.subarray(row, row + width * 3), y * wide * 3);
    for (let x = width; x < wide; x++) {
      filled.set(data.subarray(row + (width - 1) * 3, row + width * 3), (y * wide + x) * 3);
    }
  }
  return { width: wide, height: high, data: filled };
}
