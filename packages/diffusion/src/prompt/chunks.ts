import type { EmphasisMode } from '../api.ts';
import { EngineError } from '../errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { isBreak, parseAttention, type WeightedText } from './attention.ts';

/** Tokens of a chunk between start and end: CLIP reads 77 at a time. */
export const chunkLength = 75;

/** What the text encoder reads at once. */
export type PromptChunk = {
  /** 77 token ids: start, 75, end. */
  readonly tokens: readonly number[];
  /** 77 weights, 1 at start, end and padding. */
  readonly multipliers: readonly number[];
  /** Where learnt embeddings replace token embeddings. */
  readonly fixes: readonly EmbeddingFix[];
};

/** Put the vectors of `embedding` at `tokens[1 + offset]` and after it (ids there are 0). */
export type EmbeddingFix = { readonly offset: number; readonly embedding: string };

/** A textual inversion that prompts may name; `vectors` is how many tokens it takes. */
export type EmbeddingName = { readonly name: string; readonly vectors: number };

export type ChunkOptions = {
  readonly tokenizer: Tokenizer;
  /** 'None' takes brackets for letters; the other modes read them. Default 'Original'. */
  readonly emphasis?: EmphasisMode;
  /** A chunk may end at a comma up to this many tokens before it is full; 0 never does. Default 20. */
  readonly commaPaddingBacktrack?: number;
  readonly embeddings?: readonly EmbeddingName[];
};

export type ChunkedText = {
  readonly chunks: readonly PromptChunk[];
  /** Tokens used, counting chunks that BREAK or a comma ended early as full. */
  readonly tokenCount: number;
};

/** What fills a position: a token, or the vectors of a textual inversion. */
type Unit = { readonly id: number; readonly embedding?: EmbeddingName };

/**
 * Cuts a text (one option of a schedule, see `schedule.ts`) into chunks for the text encoder as A1111 does: each
 * weighted stretch is tokenised on its own; BREAK ends a chunk; where a chunk is full and a comma lies at most
 * `commaPaddingBacktrack` tokens back, what follows the comma moves to the next one; embeddings are never cut.
 * @throws EngineError `request.invalid` for weights that are no numbers and for embeddings of more than 75 vectors
 */
export function chunkText(text: string, options: ChunkOptions): ChunkedText {
  const { tokenizer, emphasis = 'Original', commaPaddingBacktrack = 20, embeddings = [] } = options;
  const parts: readonly WeightedText[] = emphasis === 'None' ? [{ text, weight: 1 }] : parseAttention(text);
  const known = embeddingsByFirstToken(embeddings, tokenizer);
  const writer = new ChunkWriter(tokenizer);

  for (const part of parts) {
    if (isBreak(part)) {
      writer.finish();
      continue;
    }
    for (const { id, embedding } of unitsOf(tokenizer.encode(part.text), known)) {
      if (id === tokenizer.commaId) writer.markComma();
      else writer.cutAtComma(commaPaddingBacktrack);
      if (writer.length === chunkLength) writer.finish();
      if (embedding === undefined) writer.add(id, part.weight);
      else writer.addEmbedding(embedding, part.weight);
    }
  }
  return writer.close();
}

/** A chunk without words, which fills up texts that are encoded together with longer ones. */
export function emptyChunk({ startId, endId }: Pick<Tokenizer, 'startId' | 'endId'>): PromptChunk {
  return {
    tokens: [startId, ...Array<number>(chunkLength + 1).fill(endId)],
    multipliers: Array<number>(chunkLength + 2).fill(1),
    fixes: [],
  };
}

/**
 * The ids to encode for a text encoder that pads with another id than the end (OpenCLIP: 0): everything after the
 * first end is replaced. For CLIP-L, whose padding is the end itself, nothing changes.
 */
export function padAfterEnd(tokens: readonly number[], endId: number, paddingId: number): readonly number[] {
  const end = tokens.indexOf(endId);
  return end < 0 ? tokens : tokens.map((token, place) => (place > end ? paddingId : token));
}

/** Fills chunks one after the other. */
class ChunkWriter {
  readonly #tokenizer: Tokenizer;
  readonly #chunks: PromptChunk[] = [];
  #tokens: number[] = [];
  #multipliers: number[] = [];
  #fixes: EmbeddingFix[] = [];
  #lastComma: number | undefined;
  #tokenCount = 0;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  get length(): number {
    return this.#tokens.length;
  }

  markComma(): void {
    this.#lastComma = this.length;
  }

  /** Where the chunk is full and a comma is near, continues in a new chunk with what follows the comma. */
  cutAtComma(backtrack: number): void {
    const comma = this.#lastComma;
    if (comma === undefined || this.length !== chunkLength || this.length - comma > backtrack) return;
    const tokens = this.#tokens.splice(comma + 1);
    const multipliers = this.#multipliers.splice(comma + 1);
    // Embeddings after the comma leave their fixes behind in the old chunk, as in the original.
    this.finish();
    this.#tokens = tokens;
    this.#multipliers = multipliers;
  }

  add(id: number, weight: number): void {
    this.#tokens.push(id);
    this.#multipliers.push(weight);
  }

  addEmbedding({ name, vectors }: EmbeddingName, weight: number): void {
    if (this.length + vectors > chunkLength) this.finish();
    this.#fixes.push({ offset: this.length, embedding: name });
    for (let i = 0; i < vectors; i++) this.add(0, weight);
  }

  finish(isLast = false): void {
    this.#tokenCount += isLast ? this.length : chunkLength;
    const padding = Math.max(0, chunkLength - this.length);
    const { startId, endId } = this.#tokenizer;
    this.#chunks.push({
      tokens: [startId, ...this.#tokens, ...Array<number>(padding).fill(endId), endId],
      multipliers: [1, ...this.#multipliers, ...Array<number>(padding).fill(1), 1],
      fixes: this.#fixes,
    });
    this.#tokens = [];
    this.#multipliers = [];
    this.#fixes = [];
    this.#lastComma = undefined;
  }

  close(): ChunkedText {
    if (this.length > 0 || this.#chunks.length === 0) this.finish(true);
    return { chunks: this.#chunks, tokenCount: this.#tokenCount };
  }
}

type KnownEmbedding = { readonly ids: readonly number[]; readonly embedding: EmbeddingName };

/** Longer names first, so that "cat-2" is not read as "cat" followed by "-2". */
function embeddingsByFirstToken(
  embeddings: readonly EmbeddingName[],
  tokenizer: Tokenizer,
): ReadonlyMap<number, readonly KnownEmbedding[]> {
  const known = embeddings.map((embedding) => {
    if (embedding.vectors > chunkLength) {
      const reason = `the embedding "${embedding.name}" has ${embedding.vectors} vectors, more than ${chunkLength}`;
      throw new EngineError('request.invalid', { field: 'prompt', reason });
    }
    return { ids: tokenizer.encode(embedding.name), embedding };
  });
  const longestFirst = known
    .filter(({ ids }) => ids.length > 0)
    .toSorted((a, b) => b.ids.length - a.ids.length);
  return Map.groupBy(longestFirst, ({ ids }) => ids[0]);
}

function* unitsOf(
  ids: readonly number[],
  known: ReadonlyMap<number, readonly KnownEmbedding[]>,
): Generator<Unit> {
  for (let place = 0; place < ids.length;) {
    const match = known
      .get(ids[place])
      ?.find((candidate) => candidate.ids.every((id, i) => ids[place + i] === id));
    yield { id: ids[place], embedding: match?.embedding };
    place += match?.ids.length ?? 1;
  }
}
