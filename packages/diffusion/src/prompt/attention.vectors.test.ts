import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import { parseAttention } from './attention.ts';

type AttentionCase = { prompt: string; result: [string, number][] | { error: string } };
const { cases } = readVectors<{ cases: AttentionCase[] }>('prompt_attention');

for (const { prompt, result } of cases) {
  test(`attention of ${JSON.stringify(prompt).slice(0, 60)}`, () => {
    if (!Array.isArray(result)) {
      assert.throws(() => parseAttention(prompt), { code: 'request.invalid' });
      return;
    }
    const actual = parseAttention(prompt).map(({ text, weight }) => [text, weight]);
    assert.deepEqual(actual, result);
  });
}
