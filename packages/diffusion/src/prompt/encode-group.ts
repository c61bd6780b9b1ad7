import type { EmphasisMode } from '../api.ts';
import { tensor, type Tensor } from '../tensor.ts';
import type { PromptChunk } from './chunks.ts';
import { applyEmphasis } from './emphasis.ts';
import type { EncodingGroup } from './prompt-plan.ts';

/** The same chunk of every text of a group to `[texts, 77, width]`. */
export type ChunkEncoder = (chunks: readonly PromptChunk[]) => Promise<Tensor>;

/**
 * Encodes the texts of a group, chunk by chunk: emphasis acts on one chunk of all texts, then the chunks of each text
 * are joined on the token axis.
 * @returns one `[1, 77 * chunks, width]` for each text of the group
 */
export async function encodeGroup(
  { texts }: EncodingGroup,
  mode: EmphasisMode,
  encode: ChunkEncoder,
): Promise<readonly Tensor[]> {
  const counts = texts.map(({ count }) => count);
  const encoded: Tensor[] = [];
  for (let i = 0; i < texts[0].chunks.length; i++) {
    const chunks = texts.map((text) => text.chunks[i]);
    const multipliers = chunks.map((chunk) => chunk.multipliers);
    encoded.push(applyEmphasis(mode, await encode(chunks), multipliers, counts));
  }
  return texts.map((_, row) => joinTokens(encoded, row));
}

function joinTokens(encoded: readonly Tensor[], row: number): Tensor {
  const [, length, width] = encoded[0].shape;
  const joined = tensor([1, length * encoded.length, width]);
  encoded.forEach(({ data }, i) =>
    joined.data.set(data.subarray(row * length * width, (row + 1) * length * width), i * length * width),
  );
  return joined;
}
