import type { WeightFile } from '../../checkpoint/weight-file.ts';
import type { Decoder, Encoder } from '../../denoiser/network.ts';
import { latentFactorOf } from '../../models/vae/config.ts';
import type { VaeConfig } from '../../models/vae/config.ts';
import { rowsOfStrips, wholeBytes } from '../../models/vae/memory.ts';
import type { SessionOptions } from '../session.ts';
import { decoderInStrips, encoderInStrips } from './strips.ts';

/** How much of the free memory a picture in one piece may take; other programs want some too. */
const share = 0.75;

export type ByMemoryOptions = SessionOptions & {
  /** Bytes that are free at the moment; default: no limit. */
  readonly freeMemory?: () => number;
  /** Whether the picture's edges meet; then it must be in one piece. */
  readonly tiling?: boolean;
};

/** Decodes in one piece where there is memory for it, else in strips. */
export function decoderByMemory(
  config: VaeConfig,
  file: WeightFile,
  { freeMemory = () => Infinity, tiling = false, ...options }: ByMemoryOptions,
  whole: Decoder,
): Decoder {
  return async (latents) => {
    const [, , height, width] = latents.shape.map((extent) => extent * latentFactorOf(config));
    if (tiling || wholeBytes(config, { width, height }) <= share * freeMemory()) return await whole(latents);
    return await decoderInStrips(config, file, { ...options, rows: rowsOfStrips(config, width) })(latents);
  };
}

/** Encodes in one piece where there is memory for it, else in strips. */
export function encoderByMemory(
  config: VaeConfig,
  file: WeightFile,
  { freeMemory = () => Infinity, tiling = false, ...options }: ByMemoryOptions,
  whole: Encoder,
): Encoder {
  return async (pixels) => {
    const [, , height, width] = pixels.shape;
    if (tiling || wholeBytes(config, { width, height }) <= share * freeMemory()) return await whole(pixels);
    return await encoderInStrips(config, file, { ...options, rows: rowsOfStrips(config, width) })(pixels);
  };
}
