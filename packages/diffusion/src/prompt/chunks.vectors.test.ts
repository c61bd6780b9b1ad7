import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import type { EmphasisMode } from '../api.ts';
import { loadClipTokenizer } from '../tokenizer/clip-tokenizer.ts';
import { chunkText } from './chunks.ts';

type ChunkingCase = {
  prompt: string;
  opts: { comma_padding_backtrack?: number; emphasis?: EmphasisMode };
  embeddings: [string, number][];
  token_count: number;
  chunks: { tokens: number[]; multipliers: number[]; fixes: [number, string][] }[];
};
const { chunking } = readVectors<{ chunking: ChunkingCase[] }>('clip_tokens');
const tokenizer = await loadClipTokenizer();

for (const [i, expected] of chunking.entries()) {
  test(`chunks ${i}: ${JSON.stringify(expected.prompt).slice(0, 60)}`, () => {
    const { chunks, tokenCount } = chunkText(expected.prompt, {
      tokenizer,
      emphasis: expected.opts.emphasis,
      commaPaddingBacktrack: expected.opts.comma_padding_backtrack,
      embeddings: expected.embeddings.map(([name, vectors]) => ({ name, vectors })),
    });
    const actual = chunks.map(({ tokens, multipliers, fixes }) => ({
      tokens,
      multipliers,
      fixes: fixes.map(({ offset, embedding }) => [offset, embedding]),
    }));
    assert.deepEqual(actual, expected.chunks);
    assert.equal(tokenCount, expected.token_count);
  });
}
