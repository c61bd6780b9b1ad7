import { sameDim, shapeText } from '../dim.ts';
import { apply, microsoft } from '../value.ts';
import type { Value } from '../value.ts';

export type AttentionOptions = {
  readonly heads: number;
  /** Each position sees itself and those before it; default false. */
  readonly causal?: boolean;
};

/**
 * Scaled dot-product attention in several heads: softmax(Q K^T / sqrt(d)) V (Vaswani et al. 2017).
 * @param query `[batch, positions, width]`, the heads side by side.
 * @param key `[batch, sources, width]`, `value` likewise.
 */
export function attention(query: Value, key: Value, value: Value, options: AttentionOptions): Value {
  const { heads, causal = false } = options;
  const width = query.shape[2];
  if (typeof width !== 'number' || width % heads !== 0 || !sameDim(width, key.shape[2])) {
    const shapes = `${shapeText(query.shape)} and ${shapeText(key.shape)}`;
    throw new RangeError(`queries and keys of ${shapes} do not fall into ${heads} heads`);
  }
  return apply('MultiHeadAttention', [query, key, value], query.shape, {
    attributes: {
      num_heads: { int: heads },
      scale: { float: (width / heads) ** -0.5 },
      ...(causal ? { unidirectional: { int: 1 } } : {}),
    },
    domain: microsoft,
  });
}
