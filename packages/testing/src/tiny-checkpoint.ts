import { closeSync, openSync, writeSync } from 'node:fs';
import { randomWeights, widthOf } from './random-weights.ts';
import type { WeightFormat } from './random-weights.ts';
import { sd1Layout } from './sd1-layout.ts';
import type { Layout, Sd1Sizes } from './sd1-layout.ts';

export type TinyCheckpointOptions = {
  /** Default 'f16'. */
  readonly precision?: 'f32' | 'f16' | 'bf16';
  /** Pixels along a side of a latent element; default 8. */
  readonly latentFactor?: 8 | 4;
  /** Other seeds give other weights; default 0. */
  readonly seed?: number;
  /** 4 (default), or 9 for an inpainting and 8 for an editing UNet. */
  readonly inChannels?: number;
};

/** The sizes of the tiny checkpoint. */
export const tinySizes: Sd1Sizes = {
  text: { vocabulary: 49408, width: 32, layers: 3 },
  unet: { inChannels: 4, channels: 32, multipliers: [1, 2], resBlocks: 1, attentionLevels: 1 },
  vae: { channels: 32, multipliers: [1, 1, 1, 1], resBlocks: 1 },
};

/**
 * Writes a checkpoint of random weights in the SD 1 layout: 5.6 MB as f16, the full vocabulary, so that real
 * prompts work, and everything else as small as the architecture allows. Equal options give equal bytes.
 * The sizes need no `overrides`: 8 attention heads in the UNet, one in the text encoder.
 * @returns `path`, for `await loadModel(writeTinyCheckpoint(path))`.
 */
export function writeTinyCheckpoint(path: string, options: TinyCheckpointOptions = {}): string {
  const { precision = 'f16', latentFactor = 8, seed = 0, inChannels = 4 } = options;
  const layout = sd1Layout({
    ...tinySizes,
    unet: { ...tinySizes.unet, inChannels },
    vae: { ...tinySizes.vae, multipliers: latentFactor === 8 ? [1, 1, 1, 1] : [1, 1, 1] },
  });
  writeRandomCheckpoint(path, layout, formats[precision], seed);
  return path;
}

const formats = { f32: 'F32', f16: 'F16', bf16: 'BF16' } as const;

/** Writes random weights of any layout as a safetensors file, in constant memory. */
export function writeRandomCheckpoint(path: string, layout: Layout, format: WeightFormat, seed = 0): void {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const [name, shape] of layout) {
    const start = end;
    end += shape.reduce((product, extent) => product * extent, 1) * widthOf(format);
    header[name] = { dtype: format, shape, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));

  const file = openSync(path, 'w');
  try {
    writeSync(file, length);
    writeSync(file, padded);
    let pending: Uint8Array[] = [];
    let size = 0;
    const flush = (): void => {
      if (size > 0) writeSync(file, Buffer.concat(pending));
      pending = [];
      size = 0;
    };
    for (const [name, shape] of layout) {
      randomWeights(name, shape, format, seed, (bytes) => {
        pending.push(bytes);
        size += bytes.length;
        if (size > 1 << 20) flush();
      });
    }
    flush();
  } finally {
    closeSync(file);
  }
}
