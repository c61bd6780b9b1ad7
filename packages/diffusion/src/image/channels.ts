import type { RgbImage } from '../api.ts';

/** 8-bit grey, row-major, no padding: `data.length === width * height`. */
export type GreyImage = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** Any of these: bytes of some number of channels, one after the other in each pixel. */
export type Bytes = { readonly width: number; readonly height: number; readonly data: Uint8Array };

export function channelsOf({ width, height, data }: Bytes): number {
  return data.length / (width * height);
}

/** Brightness after ITU-R 601-2, in Pillow's fixed point. */
export function toGrey({ width, height, data }: RgbImage): GreyImage {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (19_595 * data[3 * i] + 38_470 * data[3 * i + 1] + 7_471 * data[3 * i + 2] + 0x8000) >>> 16;
  }
  return { width, height, data: grey };
}

/** Grey as a picture of three equal channels. */
export function fromGrey({ width, height, data: grey }: GreyImage): RgbImage {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0; i < data.length; i++) data[i] = grey[Math.trunc(i / 3)];
  return { width, height, data };
}

/** The first channel alone. */
export function redOf({ width, height, data }: RgbImage): GreyImage {
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i]) };
}

export function inverted({ width, height, data }: GreyImage): GreyImage {
  return { width, height, data: data.map((value) => 255 - value) };
}
