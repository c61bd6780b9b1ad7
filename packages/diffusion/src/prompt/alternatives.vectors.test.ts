import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import { splitAtAnd } from './alternatives.ts';

type AlternativesCase = { prompts: string[]; indexes: [number, number][][]; flat_prompts: string[] };
const { cases } = readVectors<{ cases: AlternativesCase[] }>('multicond');

for (const { prompts, indexes, flat_prompts: texts } of cases) {
  test(`AND in ${JSON.stringify(prompts).slice(0, 60)}`, () => {
    const actual = prompts.map((prompt) => splitAtAnd(prompt).map((part) => [part.prompt, part.weight]));
    const expected = indexes.map((parts) => parts.map(([index, weight]) => [texts[index], weight]));
    assert.deepEqual(actual, expected);
  });
}
