import { weightsOf } from '@bottega/graph';
import type { Layout } from '@bottega/testing';
import { unet } from '../../packages/diffusion/src/models/unet/unet.ts';

/** The tensors of SDXL's UNet (Podell et al. 2023), from its sizes. */
export function sdxlLayout(): Layout {
  return weightsOf(
    unet({
      prefix: 'model.diffusion_model',
      inChannels: 4,
      outChannels: 4,
      channels: 320,
      levels: [
        { channels: 320, residualBlocks: 2, depth: 0 },
        { channels: 640, residualBlocks: 2, depth: 2 },
        { channels: 1280, residualBlocks: 2, depth: 10 },
      ],
      middleDepth: 10,
      contextWidth: 2048,
      vectorWidth: 2816,
      projections: 'matrix',
      heads: { channels: 64 },
    }),
  );
}
