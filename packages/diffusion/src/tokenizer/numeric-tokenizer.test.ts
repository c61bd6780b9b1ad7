import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericTokenizer } from './numeric-tokenizer.ts';

test('numbers and commas are tokens, all else is skipped', () => {
  const tokenizer = numericTokenizer(600);
  assert.deepEqual(tokenizer.encode('88, 9 x600 (599)'), [88, 267, 9, 599]);
  assert.deepEqual([tokenizer.startId, tokenizer.endId], [598, 599]);
});
