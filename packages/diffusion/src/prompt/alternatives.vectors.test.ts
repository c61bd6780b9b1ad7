import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { splitAtAnd } from './alternatives.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type AlternativesCase = { prompts: string[]; indexes: [number, number][][]; flat_prompts: string[] };
const { cases } = JSON.parse(readFileSync(join(folder, 'multicond.json'), 'utf8')) as {
  cases: AlternativesCase[];
};

for (const { prompts, indexes, flat_prompts: texts } of cases) {
  test(`AND in ${JSON.stringify(prompts).slice(0, 60)}`, () => {
    const actual = prompts.map((prompt) => splitAtAnd(prompt).map((part) => [part.prompt, part.weight]));
    const expected = indexes.map((parts) => parts.map(([index, weight]) => [texts[index], weight]));
    assert.deepEqual(actual, expected);
  });
}
