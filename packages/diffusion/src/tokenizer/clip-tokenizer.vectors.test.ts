import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadClipTokenizer } from './clip-tokenizer.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type TokenCase = { text: string; openai: number[] | null; hf: number[] | null };
const { tokens: cases } = JSON.parse(readFileSync(join(folder, 'clip_tokens.json'), 'utf8')) as {
  tokens: TokenCase[];
};
const transformers = await loadClipTokenizer();
const openai = await loadClipTokenizer('openai');

for (const { text, hf, openai: expected } of cases) {
  test(`tokens of ${JSON.stringify(text).slice(0, 60)}`, () => {
    // null: not evaluated in the original.
    if (hf !== null) assert.deepEqual(transformers.encode(text), hf);
    if (expected !== null) assert.deepEqual(openai.encode(text), expected);
  });
}
