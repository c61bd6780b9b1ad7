import { add, attention, gelu, multiply, split } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { groupNorm, layerNorm, linear, linearWithoutBias, pictureOf, pixelsOf, widthOf } from '../layers.ts';
import type { Heads, UNetConfig } from './config.ts';
import { mergedPixels } from './token-merging.ts';
import type { TokenMerging } from './token-merging.ts';

/**
 * Transformer blocks over the pixels of a picture, which passes around them unchanged (Rombach et al. 2021).
 * @param x `[batch, channels, height, width]`.
 * @param context the text, `[batch, tokens, contextWidth]`.
 * @param merging which pixels attend to each other as one; default none.
 */
export function spatialTransformer(
  { projections, heads }: UNetConfig,
  name: string,
  x: Value,
  context: Value,
  depth: number,
  merging?: TokenMerging,
): Value {
  const width = widthOf(x, 1);
  let pixels = pixelsOf(groupNorm(`${name}.norm`, x, 1e-6));
  pixels = linear(`${name}.proj_in`, pixels, width, projections);
  for (let i = 0; i < depth; i++) {
    const block = `${name}.transformer_blocks.${i}`;
    pixels = transformerBlock(block, pixels, context, headCount(heads, width), merging);
  }
  pixels = linear(`${name}.proj_out`, pixels, width, projections);
  return add(pictureOf(pixels, x), x);
}

/** Attention among the pixels, attention to the text, then a gated layer; each adds to what comes in. */
function transformerBlock(
  name: string,
  x: Value,
  context: Value,
  heads: number,
  merging?: TokenMerging,
): Value {
  // What is compared is what comes in, not what the norm makes of it, as in tomesd, which A1111 calls.
  const { merge, spread } = merging === undefined ? unmerged : mergedPixels(x, merging);
  const among = merge(layerNorm(`${name}.norm1`, x));
  const seen = add(spread(attend(`${name}.attn1`, among, among, heads)), x);
  const read = add(attend(`${name}.attn2`, layerNorm(`${name}.norm2`, seen), context, heads), seen);
  return add(feedForward(`${name}.ff.net`, layerNorm(`${name}.norm3`, read)), read);
}

const unmerged = { merge: (pixels: Value) => pixels, spread: (pixels: Value) => pixels };

function attend(name: string, x: Value, source: Value, heads: number): Value {
  const width = widthOf(x, 2);
  const queries = linearWithoutBias(`${name}.to_q`, x, width);
  const keys = linearWithoutBias(`${name}.to_k`, source, width);
  const values = linearWithoutBias(`${name}.to_v`, source, width);
  return linear(`${name}.to_out.0`, attention(queries, keys, values, { heads }), width);
}

/** GEGLU: one half of a linear layer gates the other (Shazeer 2020). */
function feedForward(name: string, x: Value): Value {
  const width = widthOf(x, 2);
  const [open, gate] = split(linear(`${name}.0.proj`, x, 8 * width), 2);
  return linear(`${name}.2`, multiply(open, gelu(gate)), width);
}

/** Shapes cannot tell heads, so a file of unusual sizes may not fit what its family has. */
function headCount(heads: Heads, width: number): number {
  const count = 'count' in heads ? heads.count : width / heads.channels;
  if (!Number.isInteger(width / count) || !Number.isInteger(count)) {
    const size = 'count' in heads ? `${heads.count} heads` : `heads of ${heads.channels} channels`;
    throw new RangeError(`attention over ${width} channels cannot have ${size}`);
  }
  return count;
}
