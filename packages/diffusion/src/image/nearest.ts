import { channelsOf } from './channels.ts';
import type { Bytes } from './channels.ts';

/** Bytes in another size, each pixel the one that lies under its centre: Pillow's `Image.resize` with NEAREST. */
export function nearest(image: Bytes, width: number, height: number): Bytes {
  const channels = channelsOf(image);
  const data = new Uint8Array(width * height * channels);
  const columns = places(image.width, width).map((x) => x * channels);
  const rows = places(image.height, height);
  for (let y = 0; y < height; y++) {
    const row = rows[y] * image.width * channels;
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < channels; i++)
        data[(y * width + x) * channels + i] = image.data[row + columns[x] + i];
    }
  }
  return { width, height, data };
}

/** Step by step, since Pillow's rounding errors add up. */
function places(length: number, size: number): readonly number[] {
  const step = length / size;
  let place = step * 0.5;
  return Array.from({ length: size }, () => {
    const under = Math.min(length - 1, Math.floor(place));
    place += step;
    return under;
  });
}
