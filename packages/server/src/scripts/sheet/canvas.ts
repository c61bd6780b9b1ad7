/** An RGB picture that others are laid upon. */
import type { RgbImage } from '@bottega/diffusion';

/** @param value Of every channel: 0 is black, 255 white. */
export function blank(width: number, height: number, value: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

/** Lays `picture` onto `canvas` with its corner at these pixels; what does not fit is cut off. */
export function lay(picture: RgbImage, canvas: RgbImage, left: number, top: number): void {
  const [x, y] = [Math.round(left), Math.round(top)];
  const from = Math.max(0, -x);
  const width = Math.min(picture.width, canvas.width - x) - from;
  if (width <= 0) return;
  for (let row = Math.max(0, -y); row < picture.height && row + y < canvas.height; row++) {
    const start = (row * picture.width + from) * 3;
    const target = ((row + y) * canvas.width + x + from) * 3;
    canvas.data.set(picture.data.subarray(start, start + width * 3), target);
  }
}
