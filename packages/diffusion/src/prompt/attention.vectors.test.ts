import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAttention } from './attention.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type AttentionCase = { prompt: string; result: [string, number][] | { error: string } };
const { cases } = JSON.parse(readFileSync(join(folder, 'prompt_attention.json'), 'utf8')) as {
  cases: AttentionCase[];
};

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
