import { operationsOf } from '@bottega/graph';
import type { ArchitectureOverrides } from '../api.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { headsFrom, unetConfigOf } from '../models/unet/config.ts';
import type { UNetConfig } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';

/** The UNet of Stable Diffusion 1.5 (Rombach et al. 2022, arXiv:2112.10752), for estimates without a file. */
const stableDiffusion15: UNetConfig = {
  prefix: 'model.diffusion_model',
  inChannels: 4,
  outChannels: 4,
  channels: 320,
  levels: [
    { channels: 320, residualBlocks: 2, depth: 1 },
    { channels: 640, residualBlocks: 2, depth: 1 },
    { channels: 1280, residualBlocks: 2, depth: 1 },
    { channels: 1280, residualBlocks: 2, depth: 0 },
  ],
  middleDepth: 1,
  contextWidth: 768,
  vectorWidth: 0,
  projections: 'kernel',
  heads: { count: 8 },
};

/**
 * Operations of one UNet evaluation; a sampler step with guidance makes two, those of second order four.
 * @param path a checkpoint, or undefined for Stable Diffusion 1.5 as it was published.
 * @param latents height and width of the latents: 64 x 64 for 512x512 pixels.
 * @throws EngineError `checkpoint.*`
 */
export async function expectedOperations(
  path: string | undefined,
  latents: { readonly height: number; readonly width: number },
  overrides: ArchitectureOverrides = {},
): Promise<number> {
  const config =
    path === undefined
      ? stableDiffusion15
      : unetConfigOf(shapesOf(await openWeights(path)), headsFrom(overrides));
  return operationsOf(unet(config), { batch: 1, tokens: 77, ...latents }).total;
}
