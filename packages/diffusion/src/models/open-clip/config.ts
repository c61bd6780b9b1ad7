import { countOf, extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of OpenCLIP's text encoder, in the layout of the package open_clip. */
export type OpenClipConfig = {
  /** What the names of its weights begin with. */
  readonly prefix: string;
  readonly vocabulary: number;
  /** Longest sequence: 77. */
  readonly positions: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the layer inside each block. */
  readonly innerWidth: number;
  /** Width of the pooled output; 0 where the encoder ends one layer early, as diffusers has SD 2's. */
  readonly pooledWidth: number;
  /** `transformers` has queries, keys and values apart, and the projection the other way round. */
  readonly layout?: 'open-clip' | 'transformers';
};

/** Where SD 2, SDXL and SDXL's refiner keep theirs; the first that is there, else undefined. */
export function openClipPrefixIn(shapes: Shapes): string | undefined {
  const prefixes = [
    'cond_stage_model.model',
    'conditioner.embedders.1.model',
    'conditioner.embedders.0.model',
  ];
  return prefixes.find((prefix) => shapes.has(`${prefix}.token_embedding.weight`));
}

/** The tensors that a text encoder's sizes are derived from, with their numbers of axes. */
export function openClipAnchors(prefix: string): Readonly<Record<string, number>> {
  return {
    [`${prefix}.token_embedding.weight`]: 2,
    [`${prefix}.positional_embedding`]: 2,
    [`${prefix}.transformer.resblocks.0.mlp.c_fc.weight`]: 2,
  };
}

/** The sizes of a text encoder in a checkpoint; `heads` defaults to one for every 64 channels. */
export function openClipConfigOf(shapes: Shapes, prefix: string, heads?: number): OpenClipConfig {
  const width = extentOf(shapes, `${prefix}.token_embedding.weight`, 1);
  return {
    prefix,
    vocabulary: extentOf(shapes, `${prefix}.token_embedding.weight`, 0),
    positions: extentOf(shapes, `${prefix}.positional_embedding`, 0),
    width,
    layers: countOf(shapes, `${prefix}.transformer.resblocks`, '.ln_1.weight'),
    heads: heads ?? Math.max(1, Math.floor(width / 64)),
    innerWidth: extentOf(shapes, `${prefix}.transformer.resblocks.0.mlp.c_fc.weight`, 0),
    ...(shapes.has(`${prefix}.transformer.resblocks.0.attn.q_proj.weight`)
      ? { layout: 'transformers', pooledWidth: extentOf(shapes, `${prefix}.text_projection.weight`, 0) }
      : { layout: 'open-clip', pooledWidth: extentOf(shapes, `${prefix}.text_projection`, 1) }),
  };
}
