/** Pictures with transparency: red, green, blue and opacity, in Pillow's whole-number arithmetic. */
import type { RgbImage } from '../api.ts';
import type { Bytes, GreyImage } from './channels.ts';

/** What a mask leaves of a picture, its colours multiplied with the opacity: nothing where the mask is white. */
export function cutOut(image: RgbImage, mask: GreyImage): Bytes {
  const { width, height } = image;
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < mask.data.length; i++) {
    const opacity = 255 - mask.data[i];
    for (let c = 0; c < 3; c++) data[4 * i + c] = by255(image.data[3 * i + c] * opacity + 128);
    data[4 * i + 3] = opacity;
  }
  return { width, height, data };
}

/** Colours divided by the opacity again. */
export function withStraightAlpha({ width, height, data: from }: Bytes): Bytes {
  const data = from.slice();
  for (let i = 0; i < data.length; i += 4) {
    const opacity = data[i + 3];
    if (opacity === 0 || opacity === 255) continue;
    for (let c = i; c < i + 3; c++) data[c] = Math.min(255, Math.trunc((255 * data[c]) / opacity));
  }
  return { width, height, data };
}

/** `over` laid upon `under`; Porter and Duff: "Compositing digital images" (1984). */
export function composite(under: Bytes, over: Bytes): Bytes {
  const data = under.data.slice();
  for (let i = 0; i < data.length; i += 4) {
    const opacity = over.data[i + 3];
    if (opacity === 0) continue;
    const both = opacity * 255 + data[i + 3] * (255 - opacity);
    // Seven bits more than a byte keep the shares exact enough.
    const share = Math.trunc((opacity * 255 * 255 * 128) / both);
    const rest = 255 * 128 - share;
    for (let c = i; c < i + 3; c++) {
      data[c] = by255(over.data[c] * share + data[c] * rest + 128 * 128) >> 7;
    }
    data[i + 3] = by255(both + 128);
  }
  return { width: under.width, height: under.height, data };
}

export function withAlpha({ width, height, data: from }: RgbImage): Bytes {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(from.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, data };
}

export function withoutAlpha({ width, height, data: from }: Bytes): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(from.subarray(4 * i, 4 * i + 3), 3 * i);
  return { width, height, data };
}

/** A division by 255 that shifts alone can do; exact enough for products of two bytes. */
function by255(value: number): number {
  return ((value >>> 8) + value) >>> 8;
}
