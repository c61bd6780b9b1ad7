import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions, RgbImage } from '../../api.ts';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { verifyAnchors, verifyWeights } from '../../checkpoint/verify-weights.ts';
import { shapesOf } from '../../checkpoint/weight-file.ts';
import { toImages } from '../../image/pixels.ts';
import {
  tinyDecoder,
  tinyDecoderAnchors,
  tinyDecoderConfigOf,
} from '../../models/tiny-decoder/tiny-decoder.ts';
import { openSession } from '../../runtime/session.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { weightsOf } from '@bottega/graph';

/** A small decoder, ready to show latents `[4, h, w]` as the sampler knows them. */
export type TinyPreview = {
  readonly see: (latents: Tensor) => Promise<RgbImage>;
  readonly dispose: () => Promise<void>;
};

const endings = ['.safetensors', '.pth', '.pt'];

/** The first file of a name in some folders; undefined where there is none. */
export async function findTinyDecoder(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (
        await stat(path).then(
          (found) => found.isFile(),
          () => false,
        )
      )
        return path;
    }
  }
  return undefined;
}

/** @throws EngineError `checkpoint.*` for a file that is no TAESD decoder. */
export async function openTinyPreview(path: string, options: LoadOptions): Promise<TinyPreview> {
  const file = await openWeights(path);
  verifyAnchors(file, tinyDecoderAnchors, 'TAESD decoder');
  const graph = tinyDecoder(tinyDecoderConfigOf(shapesOf(file)));
  verifyWeights(file, weightsOf(graph), 'TAESD decoder');
  const session = await openSession(graph, file, { ...options, mode: 'default' });
  return {
    see: async ({ shape, data }) => {
      const latents = tensor(
        [1, ...shape],
        data.map((value) => 3 * Math.tanh(value / 3)),
      );
      const pixels = await session.run({ latents }, 'pixels');
      const [image] = toImages(
        tensor(
          pixels.shape,
          pixels.data.map((value) => 2 * value - 1),
        ),
        0,
      );
      return image;
    },
    dispose: session.dispose,
  };
}
