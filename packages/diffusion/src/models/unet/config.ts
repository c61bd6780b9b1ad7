import type { ArchitectureOverrides } from '../../api.ts';
import { countOf, extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of a UNet of the latent-diffusion family: SD 1, SD 2, SDXL and their variants differ only here. */
export type UNetConfig = {
  /** What the names of its weights begin with. */
  readonly prefix: string;
  /** 4, or 9 with a mask and a masked picture (inpainting), or 8 with a picture to edit. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** Channels of the first convolution, and of the timestep's embedding before its network. */
  readonly channels: number;
  /** From the finest to the coarsest; each halves the picture of the one before. */
  readonly levels: readonly UNetLevel[];
  /** Transformer blocks in the middle. */
  readonly middleDepth: number;
  readonly contextWidth: number;
  /** Width of SDXL's vector of pooled text and sizes; 0 where there is none. */
  readonly vectorWidth: number;
  /** Whether the projections around the transformers are linear layers or 1x1 convolutions. */
  readonly projections: 'matrix' | 'kernel';
  readonly heads: Heads;
};

export type UNetLevel = {
  readonly channels: number;
  readonly residualBlocks: number;
  /** Transformer blocks after each residual block; 0 for none. */
  readonly depth: number;
};

/** Attention heads: a number of them everywhere, or as many as there are groups of so many channels. */
export type Heads = { readonly count: number } | { readonly channels: number };

export const unetPrefix = 'model.diffusion_model';

/** The tensors that a UNet's sizes are derived from, with their numbers of axes. */
export function unetAnchors(prefix: string = unetPrefix): Readonly<Record<string, number>> {
  return {
    [`${prefix}.input_blocks.0.0.weight`]: 4,
    [`${prefix}.input_blocks.1.0.out_layers.3.weight`]: 4,
    [`${prefix}.middle_block.1.transformer_blocks.0.attn2.to_k.weight`]: 2,
    [`${prefix}.out.2.weight`]: 4,
  };
}

/**
 * The sizes of the UNet in a checkpoint. Heads cannot be told from shapes: SD 1 has 8 everywhere, and the models
 * with linear projections (SD 2, SDXL) have heads of 64 channels.
 */
export function unetConfigOf(shapes: Shapes, heads?: Heads, prefix: string = unetPrefix): UNetConfig {
  const projections = projectionsOf(shapes, prefix);
  return {
    prefix,
    inChannels: extentOf(shapes, `${prefix}.input_blocks.0.0.weight`, 1),
    outChannels: extentOf(shapes, `${prefix}.out.2.weight`, 0),
    channels: extentOf(shapes, `${prefix}.input_blocks.0.0.weight`, 0),
    levels: levelsOf(shapes, prefix),
    middleDepth: depthOf(shapes, `${prefix}.middle_block.1`),
    contextWidth: extentOf(shapes, `${prefix}.middle_block.1.transformer_blocks.0.attn2.to_k.weight`, 1),
    vectorWidth: extentOf(shapes, `${prefix}.label_emb.0.0.weight`, 1),
    projections,
    heads: heads ?? (projections === 'matrix' ? { channels: 64 } : { count: 8 }),
  };
}

/** What the caller says of the heads, if anything. */
export function headsFrom({ unetHeads, unetHeadChannels }: ArchitectureOverrides): Heads | undefined {
  if (unetHeadChannels !== undefined) return { channels: unetHeadChannels };
  return unetHeads === undefined ? undefined : { count: unetHeads };
}

function levelsOf(shapes: Shapes, prefix: string): readonly UNetLevel[] {
  const levels: UNetLevel[] = [];
  let residualBlocks = 0;
  for (let index = 1; ; index++) {
    const block = `${prefix}.input_blocks.${index}`;
    if (shapes.has(`${block}.0.in_layers.0.weight`)) {
      residualBlocks++;
      continue;
    }
    const last = `${prefix}.input_blocks.${index - 1}`;
    const channels = extentOf(shapes, `${last}.0.out_layers.3.weight`, 0);
    levels.push({ channels, residualBlocks, depth: depthOf(shapes, `${last}.1`) });
    if (!shapes.has(`${block}.0.op.weight`)) return levels;
    residualBlocks = 0;
  }
}

function depthOf(shapes: Shapes, transformer: string): number {
  return countOf(shapes, `${transformer}.transformer_blocks`, '.norm1.weight');
}

function projectionsOf(shapes: Shapes, prefix: string): UNetConfig['projections'] {
  return shapes.get(`${prefix}.middle_block.1.proj_in.weight`)?.length === 2 ? 'matrix' : 'kernel';
}
