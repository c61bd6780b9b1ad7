/** What transparency means: in a picture the background shows through, in a mask it is the mask. */
import type { RgbImage } from '@bottega/diffusion';
import type { Pixels } from './read-picture.ts';

/**
 * The picture on a ground of one colour, rounded as Pillow does (A1111: `images.flatten`).
 * @param background `#rrggbb`.
 */
export function onBackground({ width, height, channels, data }: Pixels, background = '#ffffff'): RgbImage {
  if (channels === 3) return { width, height, data };
  const ground = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  const result = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const opacity = data[4 * i + 3];
    for (let colour = 0; colour < 3; colour++) {
      const sum = data[4 * i + colour] * opacity + ground[colour] * (255 - opacity) + 128;
      result[3 * i + colour] = (sum + (sum >> 8)) >> 8;
    }
  }
  return { width, height, data: result };
}

/**
 * A mask in grey: the opacity where anything is transparent, otherwise the picture itself (A1111:
 * `create_binary_mask`).
 * @param isRounded makes opacity all or nothing.
 */
export function whereToDraw(mask: Pixels, isRounded: boolean): RgbImage {
  const { width, height, data } = mask;
  if (!isTransparent(mask)) return withoutOpacity(mask);
  const result = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const opacity = data[4 * i + 3];
    result.fill(isRounded ? (opacity > 128 ? 255 : 0) : opacity, 3 * i, 3 * i + 3);
  }
  return { width, height, data: result };
}

function isTransparent({ channels, data }: Pixels): boolean {
  if (channels === 3) return false;
  for (let i = 3; i < data.length; i += 4) if (data[i] < 255) return true;
  return false;
}

/** The colours alone, also those under what is transparent: what A1111 takes where nothing shows through. */
export function withoutOpacity({ width, height, channels, data }: Pixels): RgbImage {
  if (channels === 3) return { width, height, data };
  const result = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) result.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return { width, height, data: result };
}
