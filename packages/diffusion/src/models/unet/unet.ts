import { add, concat, doubled, graphOf, input, resizedLike, sameShape, silu } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution, groupNorm } from '../layers.ts';
import type { UNetConfig } from './config.ts';
import { controlNames } from './control-names.ts';
import { attended, encoder, momentOf } from './encoder.ts';
import type { Encoded } from './encoder.ts';
import { inputsOf } from './inputs.ts';
import { residualBlock } from './residual-block.ts';
import { tokenMergingInputs } from './token-merging.ts';

export type UNetOptions = {
  /**
   * Whether there are inputs `control0`, `control1` ... and `controlMiddle`, which a ControlNet fills and which are
   * added to the results of the first half as these are joined in; default false.
   */
  readonly controlled?: boolean;
  /** Whether there are the inputs of `tokenMergingInputs`, which the finest level's attention heeds; default false. */
  readonly merging?: boolean;
};

/**
 * The UNet of latent diffusion (Rombach et al. 2021; after Ronneberger et al. 2015): down through the levels
 * keeping every result, through the middle, and up again with each kept result joined in.
 *
 * Inputs: `x` [batch, inChannels, height, width], `timesteps` [batch], `context` [batch, tokens, contextWidth],
 * and for SDXL `vector` [batch, vectorWidth]. Output: `out` [batch, outChannels, height, width], epsilon or v.
 */
export function unet(
  config: UNetConfig,
  { controlled = false, merging: merges = false }: UNetOptions = {},
): Graph {
  const { prefix, levels } = config;
  const { x, timesteps, context, vector } = inputsOf(config);
  const moment = momentOf(config, timesteps, vector);
  const merging = merges ? tokenMergingInputs() : undefined;
  const encoded = encoder(config, { x, moment, context, merging });
  const { kept, middle } = controlled ? withControls(encoded) : encoded;

  const waiting = [...kept];
  let h = middle;
  let index = 0;
  levels.toReversed().forEach(({ channels, residualBlocks, depth }, level) => {
    for (let i = 0; i <= residualBlocks; i++, index++) {
      const name = `${prefix}.output_blocks.${index}`;
      h = residualBlock(`${name}.0`, joined(h, waiting.pop()), moment, channels);
      const isFinest = level === levels.length - 1;
      h = attended(config, `${name}.1`, h, context, depth, isFinest ? merging : undefined);
      if (i === residualBlocks && !isFinest) {
        h = convolution(`${name}.${depth === 0 ? 1 : 2}.conv`, doubled(h), channels);
      }
    }
  });
  h = silu(groupNorm(`${prefix}.out.0`, h, 1e-5));
  return graphOf({ out: convolution(`${prefix}.out.2`, h, config.outChannels) });
}

/** Adds what ControlNets say to the results of the first half. */
function withControls({ kept, middle }: Encoded): Encoded {
  const names = controlNames(kept.length);
  return { kept: kept.map((h, i) => plusInput(h, names[i])), middle: plusInput(middle, names[kept.length]) };
}

function plusInput(h: Value, name: string): Value {
  return add(h, input(name, 'f32', h.shape));
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
