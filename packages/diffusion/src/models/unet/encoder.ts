import { add, silu } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { convolution } from '../layers.ts';
import type { UNetConfig } from './config.ts';
import { residualBlock } from './residual-block.ts';
import { spatialTransformer } from './spatial-transformer.ts';
import { timeEmbedding } from './time-embedding.ts';
import type { TokenMerging } from './token-merging.ts';

/** What the first half of a UNet is told. */
export type EncoderInput = {
  /** `[batch, inChannels, height, width]`. */
  readonly x: Value;
  /** The activated embedding of the timestep, from `momentOf`. */
  readonly moment: Value;
  /** `[batch, tokens, contextWidth]`. */
  readonly context: Value;
  /** Added to the first result; a ControlNet looks at its picture this way. */
  readonly guide?: Value;
  /** Which pixels of the finest level attend to each other as one; default none. */
  readonly merging?: TokenMerging;
};

/** The results of the first half of a UNet. */
export type Encoded = {
  /** By block, from the finest to the coarsest. */
  readonly kept: readonly Value[];
  readonly middle: Value;
};

/** What every residual block is told of the moment. */
export function momentOf(config: UNetConfig, timesteps: Value, vector?: Value): Value {
  return silu(timeEmbedding(config, timesteps, vector));
}

/** Down through the levels, keeping every result, and through the middle. */
export function encoder(config: UNetConfig, { x, moment, context, guide, merging }: EncoderInput): Encoded {
  const { prefix, levels } = config;
  let h = convolution(`${prefix}.input_blocks.0.0`, x, config.channels);
  if (guide !== undefined) h = add(h, guide);
  const kept = [h];
  levels.forEach(({ channels, residualBlocks, depth }, level) => {
    for (let i = 0; i < residualBlocks; i++) {
      const name = `${prefix}.input_blocks.${kept.length}`;
      h = residualBlock(`${name}.0`, h, moment, channels);
      h = attended(config, `${name}.1`, h, context, depth, level === 0 ? merging : undefined);
      kept.push(h);
    }
    if (level < levels.length - 1) {
      h = convolution(`${prefix}.input_blocks.${kept.length}.0.op`, h, channels, { stride: 2 });
      kept.push(h);
    }
  });

  const { channels: widest } = levels[levels.length - 1];
  h = residualBlock(`${prefix}.middle_block.0`, h, moment, widest);
  h = attended(config, `${prefix}.middle_block.1`, h, context, config.middleDepth);
  return { kept, middle: residualBlock(`${prefix}.middle_block.2`, h, moment, widest) };
}

/** A spatial transformer where the level has one. */
export function attended(
  config: UNetConfig,
  name: string,
  h: Value,
  context: Value,
  depth: number,
  merging?: TokenMerging,
): Value {
  return depth === 0 ? h : spatialTransformer(config, name, h, context, depth, merging);
}
