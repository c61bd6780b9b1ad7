import type { RgbImage } from '../api.ts';
import type { Tensor } from '../tensor.ts';

/**
 * How a latent element becomes a colour: for red, green and blue, four factors and a constant, in units of -1..1.
 * A decoder is nearly linear in the large, which is enough to watch a picture form.
 */
export type PreviewFactors = readonly [Row, Row, Row];
type Row = readonly number[];

const channels = 4;

/** For the VAE of Stable Diffusion 1; measured by "keturn" (Hugging Face forum, "Decoding latents to RGB", 2022). */
export const stableDiffusionFactors: PreviewFactors = [
  [0.298, 0.187, -0.158, -0.184, 0],
  [0.207, 0.286, 0.189, -0.271, 0],
  [0.208, 0.173, 0.264, -0.473, 0],
];

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
