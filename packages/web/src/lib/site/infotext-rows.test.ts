import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infotextRows } from './infotext-rows.ts';

const pairs = (infotext: string): string[] =>
  infotextRows(infotext).map(({ key, value }) => `${key}=${value}`);

test('the last line becomes rows', () => {
  assert.deepEqual(
    pairs('a cat, sitting\nNegative prompt: Steps: none\nSteps: 20, Sampler: Euler a, Size: 64x64'),
    ['Steps=20', 'Sampler=Euler a', 'Size=64x64'],
  );
});

test('quoted values keep their commas, colons and quotes', () => {
  assert.deepEqual(pairs(String.raw`Steps: 1, Lora hashes: "a: 12, b: 34", Note: "say \"hi\", twice"`), [
    'Steps=1',
    'Lora hashes=a: 12, b: 34',
    'Note=say "hi", twice',
  ]);
});

for (const text of ['', 'just a prompt', 'Steps', 'a\nSampler: x', 'Steps: "unclosed, Seed: 1']) {
  test(`${JSON.stringify(text)} breaks nothing`, () => assert.ok(Array.isArray(infotextRows(text))));
}
