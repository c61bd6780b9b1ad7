/** Pixels that compress as badly as a photograph's: soft shapes under a grain of a few levels. */
import type { RgbImage } from '@bottega/diffusion';

export function photograph(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const pixel = Math.floor(i / 3);
    const shape = 90 * Math.sin((pixel % width) / 40 + (i % 3)) * Math.cos(pixel / width / 60);
    data[i] = 128 + shape + ((state >>> 16) % 12);
  }
  return { width, height, data };
}
