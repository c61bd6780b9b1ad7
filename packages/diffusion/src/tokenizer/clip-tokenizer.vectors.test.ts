import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import { loadClipTokenizer } from './clip-tokenizer.ts';

type TokenCase = { text: string; openai: number[] | null; hf: number[] | null };
const { tokens: cases } = readVectors<{ tokens: TokenCase[] }>('clip_tokens');
const transformers = await loadClipTokenizer();
const openai = await loadClipTokenizer('openai');

for (const { text, hf, openai: expected } of cases) {
  test(`tokens of ${JSON.stringify(text).slice(0, 60)}`, () => {
    // null: not evaluated in the original.
    if (hf !== null) assert.deepEqual(transformers.encode(text), hf);
    if (expected !== null) assert.deepEqual(openai.encode(text), expected);
  });
}
