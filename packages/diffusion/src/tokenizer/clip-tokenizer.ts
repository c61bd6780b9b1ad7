import { bytePairEncode } from './byte-pair-encoding.ts';
import { loadClipVocabulary, type ClipVocabulary } from './clip-vocabulary.ts';
import { pythonSpace } from './python-text.ts';
import { unescapeHtml } from './text-repair/html-entities.ts';
import { repairText } from './text-repair/repair-text.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Which program's reading of text to follow; they differ in HTML entities only.
 * `transformers`: Hugging Face's CLIPTokenizer with ftfy, used for CLIP-L (SD 1, first encoder of SDXL).
 * `openai`: openai/CLIP's and OpenCLIP's SimpleTokenizer, which unescapes HTML twice more (SD 2, second encoder of SDXL).
 */
export type ClipDialect = 'transformers' | 'openai';

const specialTokens = /(<\|startoftext\|>|<\|endoftext\|>)/;
/**
 * The original ignores case after lowercasing, which two characters make visible: U+017F folds to "s", and U+0345,
 * a mark that folds to a letter, is neither letter nor sign, and is dropped.
 */
const words = new RegExp(
  String.raw`<\|startoftext\|>|<\|endoftext\|>|'[sſ]|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^${pythonSpace}\u0345\p{L}\p{N}]+`,
  'gu',
);

/** CLIP's tokenizer; the vocabulary is loaded once for the process. */
export async function loadClipTokenizer(dialect: ClipDialect = 'transformers'): Promise<Tokenizer> {
  return clipTokenizer(await loadClipVocabulary(), dialect);
}

/**
 * Text to CLIP's token ids: broken text is repaired (ftfy), lowercased, cut into words, single digits and runs of
 * punctuation, and each of them into byte pairs. Unbounded length; the prompt code makes chunks of 75.
 * @example (await loadClipTokenizer()).encode('a photo of a cat') // [320, 1125, 539, 320, 2368]
 */
export function clipTokenizer(vocabulary: ClipVocabulary, dialect: ClipDialect = 'transformers'): Tokenizer {
  const idOf = (token: string) => vocabulary.ids.get(token) ?? 0;
  const encodeWord = (word: string) => {
    const special = specialTokens.test(word) ? vocabulary.ids.get(word) : undefined;
    return special === undefined ? bytePairEncode(word, vocabulary) : [special];
  };
  const encodePlain = (text: string) => {
    // Prompts repeat words, and commas and digits above all.
    const known = new Map<string, readonly number[]>();
    return (text.toLowerCase().match(words) ?? []).flatMap((word) => {
      const tokens = known.get(word) ?? encodeWord(word);
      known.set(word, tokens);
      return tokens;
    });
  };
  const readers: Readonly<Record<ClipDialect, (text: string) => number[]>> = {
    // Special tokens are taken out before the text around them is repaired.
    transformers: (text) =>
      text
        .split(specialTokens)
        .flatMap((part) => (specialTokens.test(part) ? [idOf(part)] : encodePlain(repairText(part)))),
    openai: (text) => encodePlain(unescapeHtml(unescapeHtml(repairText(text)))),
  };
  return {
    encode: readers[dialect],
    startId: idOf('<|startoftext|>'),
    endId: idOf('<|endoftext|>'),
    commaId: idOf(',</w>'),
  };
}
