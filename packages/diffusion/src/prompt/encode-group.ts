import type { EmphasisMode } from '../api.ts';
import type { EncodedText } from '../denoiser/network.ts';
import { tensor, type Tensor } from '../tensor.ts';
import type { PromptChunk } from './chunks.ts';
import { applyEmphasis } from './emphasis.ts';
import type { EncodingGroup } from './prompt-plan.ts';

/** The same chunk of every text of a group to `[texts, 77, width]`, and `[texts, n]` where it is pooled. */
export type ChunkEncoder = (chunks: readonly PromptChunk[]) => Promise<EncodedText>;

/** All texts of a group. */
export type EncodedGroup = {
  /** For each text, `[1, 77 * chunks, width]`. */
  readonly contexts: readonly Tensor[];
  /** `[texts, n]`, of the first chunk and without emphasis, as in A1111. */
  readonly pooled?: Tensor;
};

/**
 * Encodes the texts of a group, chunk by chunk: emphasis acts on one chunk of all texts, then the chunks of each text
 * are joined on the token axis.
 */
export async function encodeGroup(
  { texts }: EncodingGroup,
  mode: EmphasisMode,
  encode: ChunkEncoder,
): Promise<EncodedGroup> {
  const counts = texts.map(({ count }) => count);
  const encoded: Tensor[] = [];
  let pooled: Tensor | undefined;
  for (let i = 0; i < texts[0].chunks.length; i++) {
    const chunks = texts.map((text) => text.chunks[i]);
    const multipliers = chunks.map((chunk) => chunk.multipliers);
    const answer = await encode(chunks);
    encoded.push(applyEmphasis(mode, answer.hidden, multipliers, counts));
    pooled ??= answer.pooled;
  }
  return { contexts: texts.map((_, row) => joinTokens(encoded, row)), pooled };
}

function joinTokens(encoded: readonly Tensor[], row: number): Tensor {
  const [, length, width] = encoded[0].shape;
  const joined = tensor([1, length * encoded.length, width]);
  encoded.forEach(({ data }, i) =>
    joined.data.set(data.subarray(row * length * width, (row + 1) * length * width), i * length * width),
  );
  return joined;
}
