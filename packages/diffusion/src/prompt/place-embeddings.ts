import type { Tensor } from '../tensor.ts';
import type { EmbeddingFix } from './chunks.ts';

/** Words that a model was not trained with, ready for its text encoders. */
export type LearnedWords = {
  /** `[rows, width]` for each text encoder; the same rows for all. */
  readonly vectors: readonly Tensor[];
  /** Which rows each word has. */
  readonly rows: ReadonlyMap<string, { readonly first: number; readonly count: number }>;
};

/** How tokens name a row of the learned vectors: below all of the vocabulary's ids. */
export function learnedToken(row: number): number {
  return -1 - row;
}

/**
 * The tokens of a chunk with those of learned words put in; as in A1111, what would go beyond the chunk is left out.
 * @param tokens 77 of them, padded as the text encoder wants them.
 */
export function placeEmbeddings(
  tokens: readonly number[],
  fixes: readonly EmbeddingFix[],
  { rows }: Pick<LearnedWords, 'rows'>,
): readonly number[] {
  const placed = [...tokens];
  for (const { offset, embedding } of fixes) {
    const { first, count } = rows.get(embedding) ?? { first: 0, count: 0 };
    const fitting = Math.min(count, tokens.length - offset - 1);
    for (let i = 0; i < fitting; i++) placed[1 + offset + i] = learnedToken(first + i);
  }
  return placed;
}
