import type { RgbImage } from '../api.ts';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The pictures of a decoder's output `[batch, 3, height, width]` in -1..1: clamped, scaled to 0..255 and cut off,
 * as A1111 does, not rounded.
 * @param step named in the error.
 * @throws EngineError 'model.not-finite' where a value is NaN or infinite: a black picture would hide it.
 */
export function toImages(pixels: Tensor, step: number): RgbImage[] {
  const [batch, , height, width] = pixels.shape;
  const area = height * width;
  return Array.from({ length: batch }, (_, index) => {
    const data = new Uint8Array(area * 3);
    for (let channel = 0; channel < 3; channel++) {
      const plane = (index * 3 + channel) * area;
      for (let i = 0; i < area; i++) {
        const value = pixels.data[plane + i];
        if (!Number.isFinite(value)) throw new EngineError('model.not-finite', { step });
        const unit = Math.min(1, Math.max(0, Math.fround((Math.fround(value) + 1) / 2)));
        data[3 * i + channel] = Math.fround(255 * unit);
      }
    }
    return { width, height, data };
  });
}

/** A picture as the encoder takes it, `[1, 3, height, width]` in -1..1. */
export function toPixels({ width, height, data }: RgbImage): Tensor {
  const area = width * height;
  const pixels = tensor([1, 3, height, width]);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels.data[channel * area + i] = Math.fround(data[3 * i + channel] / 255) * 2 - 1;
    }
  }
  return pixels;
}
