import type { RgbImage } from '../../api.ts';
import { EngineError } from '../../errors.ts';
import { cropped } from '../../image/region.ts';
import { extendEdges } from '../../image/crop.ts';
import { openSession } from '../../runtime/session.ts';
import type { SessionOptions } from '../../runtime/session.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import type { WeightFile } from '../../checkpoint/weight-file.ts';
import { requirePossible, requireWanted } from '../limits.ts';
import { enlargeInTiles } from '../tiles.ts';
import type { Upscaler } from '../upscaler.ts';
import type { UpscalerNetwork } from './network.ts';

/**
 * A network with its weights as an upscaler: tile by tile, so that memory does not grow with the picture. Whatever the
 * mode, the weights are prepacked: they are few, each is used for every tile, and it takes half the time.
 */
export async function sessionUpscaler(
  names: Pick<Upscaler, 'name' | 'title'>,
  network: UpscalerNetwork,
  weights: WeightFile,
  options: Omit<SessionOptions, 'mode'>,
): Promise<Upscaler> {
  const session = await openSession(network.graph, weights, { ...options, mode: 'fast' });
  const { scale, packing, margin } = network;
  const enlarge = async (tile: RgbImage): Promise<RgbImage> => {
    const prepared = wholePacks(extendEdges(tile, margin), packing);
    const large = toImage(await session.run({ pixels: toPixels(prepared, packing) }, 'enlarged'));
    const [left, top] = [margin * scale, margin * scale];
    const right = left + tile.width * scale;
    return cropped(large, { left, top, right, bottom: top + tile.height * scale });
  };
  const dispose = (): Promise<void> => session.dispose();
  return {
    ...names,
    scale,
    upscale: async (image, { signal, onProgress } = {}) => {
      requirePossible(image.width * scale, image.height * scale);
      return await enlargeInTiles(image, scale, async (tile, done, tiles) => {
        requireWanted(signal);
        onProgress?.(done / tiles);
        return await enlarge(tile);
      });
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** With more pixels at the right and below, mirrored at the edge, where a side is no multiple of `packing`. */
function wholePacks(image: RgbImage, packing: number): RgbImage {
  const [width, height] = [image.width, image.height].map((side) => Math.ceil(side / packing) * packing);
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = mirrored(y, image.height) * image.width;
    for (let x = 0; x < width; x++) {
      const from = (row + mirrored(x, image.width)) * 3;
      data.set(image.data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function mirrored(place: number, length: number): number {
  return place < length ? place : Math.max(0, 2 * (length - 1) - place);
}

/** `[1, 3 packing^2, height / packing, width / packing]` in the order of PyTorch's `pixel_unshuffle`. */
function toPixels({ width, height, data }: RgbImage, packing: number): Tensor {
  const [across, down] = [width / packing, height / packing];
  const pixels = tensor([1, 3 * packing ** 2, down, across]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = Math.floor(y / packing) * across + Math.floor(x / packing);
      const part = (y % packing) * packing + (x % packing);
      for (let channel = 0; channel < 3; channel++) {
        const plane = channel * packing ** 2 + part;
        pixels.data[plane * across * down + place] = data[(y * width + x) * 3 + channel] / 255;
      }
    }
  }
  return pixels;
}

/** @throws EngineError 'model.not-finite': a black picture would hide it. */
function toImage({ shape: [, , height, width], data }: Tensor): RgbImage {
  const area = width * height;
  const bytes = new Uint8Array(3 * area);
  for (let i = 0; i < bytes.length; i++) {
    const value = data[(i % 3) * area + Math.floor(i / 3)];
    if (!Number.isFinite(value)) throw new EngineError('model.not-finite');
    bytes[i] = Math.min(255, Math.max(0, Math.round(Math.fround(value) * 255)));
  }
  return { width, height, data: bytes };
}
