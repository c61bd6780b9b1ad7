import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EmphasisMode } from '../api.ts';
import { loadClipTokenizer } from '../tokenizer/clip-tokenizer.ts';
import { chunkText } from './chunks.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type ChunkingCase = {
  prompt: string;
  opts: { comma_padding_backtrack?: number; emphasis?: EmphasisMode };
  embeddings: [string, number][];
  token_count: number;
  chunks: { tokens: number[]; multipliers: number[]; fixes: [number, string][] }[];
};
const { chunking } = JSON.parse(readFileSync(join(folder, 'clip_tokens.json'), 'utf8')) as {
  chunking: ChunkingCase[];
};
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
