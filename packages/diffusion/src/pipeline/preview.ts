import type { RgbImage } from '../api.ts';
import type { PreviewFactors } from '../models/families/preview-factors.ts';
import type { Tensor } from '../tensor.ts';

const channels = 4;

/** A small picture of scaled latents `[4, h, w]`, one pixel an element. */
export function previewOf(latents: Tensor, factors: PreviewFactors): RgbImage {
  const [, height, width] = latents.shape;
  const area = height * width;
  const data = new Uint8Array(area * 3);
  for (let i = 0; i < area; i++) {
    factors.forEach((row, colour) => {
      let value = row[channels];
      for (let channel = 0; channel < channels; channel++)
        value += row[channel] * latents.data[channel * area + i];
      data[3 * i + colour] = Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
    });
  }
  return { width, height, data };
}
