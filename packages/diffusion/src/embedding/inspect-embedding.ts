import { readEmbedding } from './read-embedding.ts';
import type { Embedding } from './read-embedding.ts';

/** What an embedding is. */
export type EmbeddingInfo = Pick<Embedding, 'path' | 'name' | 'count' | 'step' | 'checkpoint'> & {
  /** Of a vector, over all text encoders; the sum tells the architectures apart: 768, 1024, 2048. */
  readonly width: number;
  /** As checkpoints name it, where it is one that is known. */
  readonly architecture?: string;
};

const architectures: ReadonlyMap<string, string> = new Map([
  ['text 768', 'sd1'],
  ['text 1024', 'sd2'],
  ['clip_g 1280, clip_l 768', 'sdxl'],
]);

/**
 * Reads an embedding, which is small, and tells what it is.
 * @throws EngineError `checkpoint.*`, `embedding.malformed`.
 */
export async function inspectEmbedding(path: string): Promise<EmbeddingInfo> {
  const { vectors, ...embedding } = await readEmbedding(path);
  const widths = Object.entries(vectors).map(([encoder, { shape }]) => [encoder, shape[1]] as const);
  const key = widths
    .map(([encoder, width]) => `${encoder} ${width}`)
    .toSorted()
    .join(', ');
  const architecture = architectures.get(key);
  return {
    ...embedding,
    width: widths.reduce((sum, [, width]) => sum + width, 0),
    ...(architecture !== undefined && { architecture }),
  };
}
