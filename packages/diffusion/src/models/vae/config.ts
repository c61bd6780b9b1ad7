import { countOf, extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of a variational autoencoder with a KL-regularised latent space. */
export type VaeConfig = {
  /** What the names of its weights begin with, the dot included; empty in a file of its own. */
  readonly prefix: string;
  /** From the finest to the coarsest; each halves the picture of the one before. */
  readonly levels: readonly VaeLevel[];
  /** Channels of the picture: 3. */
  readonly pictureChannels: number;
  /** Channels of a latent picture: 4. */
  readonly latentChannels: number;
  /** Channels inside, between the networks and the 1x1 convolutions next to the latent space: 4. */
  readonly innerChannels: number;
};

export type VaeLevel = {
  readonly channels: number;
  /** Residual blocks on the way in; there is one more on the way out. */
  readonly residualBlocks: number;
};

/** What the names of a VAE's weights begin with, inside a checkpoint or in a file of its own; undefined without. */
export function vaePrefixIn(shapes: Shapes): string | undefined {
  return ['first_stage_model.', ''].find((prefix) => shapes.has(`${prefix}decoder.conv_in.weight`));
}

/** The tensors that a VAE's sizes are derived from, with their numbers of axes. */
export function vaeAnchors(prefix: string): Readonly<Record<string, number>> {
  return {
    [`${prefix}decoder.conv_in.weight`]: 4,
    [`${prefix}decoder.conv_out.weight`]: 4,
    [`${prefix}decoder.up.0.block.0.conv1.weight`]: 4,
    [`${prefix}post_quant_conv.weight`]: 4,
  };
}

/** The sizes of the VAE in a checkpoint, from its decoder. */
export function vaeConfigOf(shapes: Shapes, prefix: string): VaeConfig {
  const levels = countOf(shapes, `${prefix}decoder.up`, '.block.0.conv1.weight');
  return {
    prefix,
    levels: Array.from({ length: levels }, (_, level) => ({
      channels: extentOf(shapes, `${prefix}decoder.up.${level}.block.0.conv1.weight`, 0),
      residualBlocks: countOf(shapes, `${prefix}decoder.up.${level}.block`, '.conv1.weight') - 1,
    })),
    pictureChannels: extentOf(shapes, `${prefix}decoder.conv_out.weight`, 0),
    latentChannels: extentOf(shapes, `${prefix}post_quant_conv.weight`, 1),
    innerChannels: extentOf(shapes, `${prefix}decoder.conv_in.weight`, 1),
  };
}

/** Pixels along one side of a latent element. */
export function latentFactorOf({ levels }: VaeConfig): number {
  return 2 ** (levels.length - 1);
}
