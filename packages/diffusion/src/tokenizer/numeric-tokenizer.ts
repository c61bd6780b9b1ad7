import type { Tokenizer } from './tokenizer.ts';

/**
 * A vocabulary of bare numbers for checkpoints too small for CLIP's words: "12 7, 40" is the tokens 12, 7, comma, 40.
 * The last two ids are start and end, whatever is neither number nor comma is skipped.
 * @param vocabulary number of token ids
 */
export function numericTokenizer(vocabulary: number, commaId = 267): Tokenizer {
  return {
    startId: vocabulary - 2,
    endId: vocabulary - 1,
    commaId,
    encode: (text) =>
      Array.from(text.matchAll(/\d+|,/g), ([word]) => (word === ',' ? commaId : Number(word))).filter(
        (id) => id < vocabulary,
      ),
  };
}
