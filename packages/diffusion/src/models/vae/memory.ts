import { latentFactorOf } from './config.ts';
import type { VaeConfig } from './config.ts';

type Size = { readonly width: number; readonly height: number };

const float = 4;
/** Floats that one strip may take while it passes through a stage. */
const stripFloats = 2 ** 26;

/** Bytes of activations while a picture is decoded, or encoded, in one piece. */
export function wholeBytes(config: VaeConfig, { width, height }: Size): number {
  return float * width * height * floatsPerPixel(config);
}

/** Rows of latents in a strip of a picture of this width: as many as fit into a quarter of a gigabyte, at least one. */
export function rowsOfStrips(config: VaeConfig, width: number): number {
  const row = latentFactorOf(config) * width * floatsPerPixel(config);
  return Math.max(1, Math.floor(stripFloats / row));
}

/** Bytes in strips: a level's two feature maps, what they are made from where they are doubled, and a strip. */
export function stripBytes(config: VaeConfig, { width, height }: Size): number {
  const kept = config.levels.map(({ channels }, level) => {
    const below = config.levels[level + 1];
    return (2 * channels + (below?.channels ?? 0) / 4) / 4 ** level;
  });
  const row = latentFactorOf(config) * width * floatsPerPixel(config);
  const strip = rowsOfStrips(config, width) * row;
  return float * (width * height * Math.max(...kept) + strip);
}

/** The widest of a level's inputs, its normalised copy, the convolution's window and its output. */
function floatsPerPixel({ levels }: VaeConfig): number {
  return Math.max(
    ...levels.map(({ channels }, level) => {
      const above = levels[level + 1]?.channels ?? channels;
      return (4 * Math.max(channels, above)) / 4 ** level;
    }),
  );
}
