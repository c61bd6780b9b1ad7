import { concat, doubled, graphOf, input, resizedLike, sameShape, silu, symbol } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution, groupNorm } from '../layers.ts';
import type { UNetConfig } from './config.ts';
import { residualBlock } from './residual-block.ts';
import { spatialTransformer } from './spatial-transformer.ts';
import { timeEmbedding } from './time-embedding.ts';

/**
 * The UNet of latent diffusion (Rombach et al. 2021; after Ronneberger et al. 2015): down through the levels
 * keeping every result, through the middle, and up again with each kept result joined in.
 *
 * Inputs: `x` [batch, inChannels, height, width], `timesteps` [batch], `context` [batch, tokens, contextWidth],
 * and for SDXL `vector` [batch, vectorWidth]. Output: `out` [batch, outChannels, height, width], epsilon or v.
 */
export function unet(config: UNetConfig): Graph {
  const { prefix, levels } = config;
  const batch = symbol('batch');
  const x = input('x', 'f32', [batch, config.inChannels, symbol('height'), symbol('width')]);
  const timesteps = input('timesteps', 'f32', [batch]);
  const context = input('context', 'f32', [batch, symbol('tokens'), config.contextWidth]);
  const vector = config.vectorWidth > 0 ? input('vector', 'f32', [batch, config.vectorWidth]) : undefined;
  const moment = silu(timeEmbedding(config, timesteps, vector));

  const attended = (name: string, h: Value, depth: number): Value =>
    depth === 0 ? h : spatialTransformer(config, name, h, context, depth);

  let h = convolution(`${prefix}.input_blocks.0.0`, x, config.channels);
  const kept = [h];
  levels.forEach(({ channels, residualBlocks, depth }, level) => {
    for (let i = 0; i < residualBlocks; i++) {
      const name = `${prefix}.input_blocks.${kept.length}`;
      h = attended(`${name}.1`, residualBlock(`${name}.0`, h, moment, channels), depth);
      kept.push(h);
    }
    if (level < levels.length - 1) {
      h = convolution(`${prefix}.input_blocks.${kept.length}.0.op`, h, channels, { stride: 2 });
      kept.push(h);
    }
  });

  const { channels: widest } = levels[levels.length - 1];
  h = residualBlock(`${prefix}.middle_block.0`, h, moment, widest);
  h = attended(`${prefix}.middle_block.1`, h, config.middleDepth);
  h = residualBlock(`${prefix}.middle_block.2`, h, moment, widest);

  let index = 0;
  levels.toReversed().forEach(({ channels, residualBlocks, depth }, level) => {
    for (let i = 0; i <= residualBlocks; i++, index++) {
      const name = `${prefix}.output_blocks.${index}`;
      h = residualBlock(`${name}.0`, joined(h, kept.pop()), moment, channels);
      h = attended(`${name}.1`, h, depth);
      if (i === residualBlocks && level < levels.length - 1) {
        h = convolution(`${name}.${depth === 0 ? 1 : 2}.conv`, doubled(h), channels);
      }
    }
  });
  h = silu(groupNorm(`${prefix}.out.0`, h, 1e-5));
  return graphOf({ out: convolution(`${prefix}.out.2`, h, config.outChannels) });
}

/**
 * Channels of both, one after the other. A picture that was halved from an odd size and doubled again is one
 * pixel too large; it is brought to the kept one's size first, as A1111 does.
 */
function joined(h: Value, kept: Value | undefined): Value {
  if (kept === undefined) throw new RangeError('the levels up do not mirror the levels down');
  const fits = sameShape(h.shape.slice(2), kept.shape.slice(2));
  return concat([fits ? h : resizedLike(h, kept), kept], 1);
}
