import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { RgbImage } from '../api.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { cropMiddle, extendEdges } from '../image/crop.ts';
import { openSession } from '../runtime/session.ts';
import type { SessionOptions } from '../runtime/session.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { residualDenseNetwork } from './residual-dense-network.ts';
import { openTfjsWeights } from './tfjs-weights.ts';

/** A network that enlarges pictures. */
export type Upscaler = AsyncDisposable & {
  readonly name: string;
  /** As infotext shows it. */
  readonly title: string;
  readonly scale: number;
  upscale(image: RgbImage): Promise<RgbImage>;
  dispose(): Promise<void>;
};

const slim = { name: 'esrgan-slim-x4', title: 'ESRGAN slim x4', scale: 4, folder: 'models/x4' } as const;

/** Beyond its edges the network sees black, which darkens them; so many pixels keep that out of the picture. */
const margin = 8;

/** The upscalers that come with the engine. */
export const upscalerNames: readonly string[] = [slim.name];

/**
 * Opens an upscaler by name: "esrgan-slim-x4" (UpscalerJS, MIT).
 * @throws EngineError 'request.invalid' for another name.
 */
export async function openUpscaler(name: string, options: SessionOptions = {}): Promise<Upscaler> {
  if (name !== slim.name) {
    const reason = `there is no "${name}"; choose ${upscalerNames.join(', ')}`;
    throw new EngineError('request.invalid', { field: 'upscaler', reason });
  }
  const manifest = findPackageJSON('@upscalerjs/esrgan-slim', import.meta.url);
  if (manifest === undefined) {
    throw new EngineError('checkpoint.not-found', { path: 'the npm package @upscalerjs/esrgan-slim' });
  }
  const weights = await openTfjsWeights(join(dirname(manifest), slim.folder, 'model.json'));
  const session = await openSession(residualDenseNetwork(shapesOf(weights)), weights, options);
  const dispose = (): Promise<void> => session.dispose();
  return {
    name: slim.name,
    title: slim.title,
    scale: slim.scale,
    upscale: async (image) => {
      const pixels = toPixels(extendEdges(image, margin));
      const enlarged = toImage(await session.run({ pixels }, 'enlarged'));
      return cropMiddle(enlarged, image.width * slim.scale, image.height * slim.scale);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function toPixels({ width, height, data }: RgbImage): Tensor {
  const area = width * height;
  const values = new Float32Array(3 * area);
  for (let i = 0; i < data.length; i++) values[(i % 3) * area + Math.floor(i / 3)] = data[i] / 255;
  return tensor([1, 3, height, width], values);
}

function toImage({ shape: [, , height, width], data }: Tensor): RgbImage {
  const area = width * height;
  const bytes = new Uint8Array(3 * area);
  for (let i = 0; i < bytes.length; i++) {
    const value = data[(i % 3) * area + Math.floor(i / 3)];
    bytes[i] = Math.min(255, Math.max(0, Math.round(value * 255)));
  }
  return { width, height, data: bytes };
}
