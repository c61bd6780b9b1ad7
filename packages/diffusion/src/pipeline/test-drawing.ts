/** What tests of drawing from pictures start from. */
import type { GenerationEvent, ImageToImageRequest, Model, RgbImage, RunOptions } from '../api.ts';
import { imageToImage } from './image-to-image.ts';

/** Colours that run across and down, with a square in the middle. */
export function gradient(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3).map((_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const isInside = Math.abs(x - width / 2) < width / 5 && Math.abs(y - height / 2) < height / 5;
    return [(255 * x) / width, (255 * y) / height, isInside ? 250 : 30][i % 3];
  });
  return { width, height, data };
}

export const still = gradient(32, 24);
export const small: ImageToImageRequest = {
  prompt: 'a cat',
  images: [still],
  steps: 4,
  seed: 5,
  sampler: 'Euler a',
};

type Picture = Extract<GenerationEvent, { type: 'picture' }>;

/** Draws `small`, but for `request`. */
export async function drawFrom(
  model: Model,
  request: Partial<ImageToImageRequest>,
  options?: RunOptions,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for await (const event of imageToImage(model, { ...small, ...request }, options)) {
    if (event.type === 'picture') pictures.push(event);
  }
  return pictures;
}

export const sizeOf = ({ width, height }: RgbImage): string => `${width}x${height}`;

export function rightHalf({ width, data }: RgbImage): number[] {
  return [...data].filter((_, i) => Math.floor(i / 3) % width >= width / 2);
}
