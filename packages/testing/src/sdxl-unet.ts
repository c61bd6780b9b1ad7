/** The sizes of SDXL's UNet (Podell et al. 2023): attention only in the coarser levels, linear projections. */
export const sdxlUnet = {
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
  /** Beside the timestep. */
  vectorWidth: 2816,
  projections: 'matrix',
  heads: { channels: 64 },
} as const;
