import { add, gather, input, integers, less, symbol, unsqueeze, where } from '@bottega/graph';
import type { Value } from '@bottega/graph';

/** Tokens as vectors. */
export type EmbeddedTokens = {
  /** `[batch, positions, width]` */
  readonly vectors: Value;
  /** The tokens with 0 in the place of learned ones, as A1111 has them there. */
  readonly known: Value;
};

/**
 * The vectors of tokens from a model's table. Ids from the end of the vocabulary on stand for words that the model
 * was not trained with (Gal et al. 2022, "textual inversion"): they are rows of the graph's input `learned`
 * [rows, width], of which there is at least one.
 * @param table `[vocabulary, width]`.
 * @param tokens `[batch, positions]`.
 */
export function embedTokens(table: Value, tokens: Value): EmbeddedTokens {
  const [vocabulary, width] = table.shape as readonly number[];
  const learned = input('learned', 'f32', [symbol('learned'), width]);
  const zero = integers([0]);
  const isKnown = less(tokens, integers([vocabulary]));
  const known = where(isKnown, tokens, zero);
  const row = where(isKnown, zero, add(tokens, integers([-vocabulary])), tokens.shape);
  const vectors = where(unsqueeze(isKnown, [2]), gather(table, known), gather(learned, row));
  return { vectors, known };
}
