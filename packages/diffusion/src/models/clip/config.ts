import { countOf, extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of OpenAI's CLIP text encoder, in the layout of Hugging Face's transformers. */
export type ClipConfig = {
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
};

/** The tensors that a text encoder's sizes are derived from, with their numbers of axes. */
export function clipAnchors(prefix: string): Readonly<Record<string, number>> {
  return {
    [`${prefix}.embeddings.token_embedding.weight`]: 2,
    [`${prefix}.embeddings.position_embedding.weight`]: 2,
    [`${prefix}.encoder.layers.0.layer_norm1.weight`]: 1,
    [`${prefix}.encoder.layers.0.mlp.fc1.weight`]: 2,
  };
}

/** The sizes of a text encoder in a checkpoint; `heads` defaults to one for every 64 channels. */
export function clipConfigOf(shapes: Shapes, prefix: string, heads?: number): ClipConfig {
  const width = extentOf(shapes, `${prefix}.embeddings.token_embedding.weight`, 1);
  return {
    prefix,
    vocabulary: extentOf(shapes, `${prefix}.embeddings.token_embedding.weight`, 0),
    positions: extentOf(shapes, `${prefix}.embeddings.position_embedding.weight`, 0),
    width,
    layers: countOf(shapes, `${prefix}.encoder.layers`, '.layer_norm1.weight'),
    heads: heads ?? Math.max(1, Math.floor(width / 64)),
    innerWidth: extentOf(shapes, `${prefix}.encoder.layers.0.mlp.fc1.weight`, 0),
  };
}

/** What the names of SD 1's text encoder begin with; early conversions left out the last part. */
export function clipPrefixIn(shapes: Shapes): string {
  const [usual, early] = ['cond_stage_model.transformer.text_model', 'cond_stage_model.transformer'];
  return shapes.has(`${early}.embeddings.token_embedding.weight`) ? early : usual;
}
