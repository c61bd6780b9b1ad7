import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { bytePairEncode } from './byte-pair-encoding.ts';
import { loadClipVocabulary, pairKey } from './clip-vocabulary.ts';

const vocabulary = await loadClipVocabulary();

/** As the paper says it: merge all places of the earliest pair, from the left, until none is left. */
function encodeSlowly(word: string): number[] {
  const bytes = Array.from(new TextEncoder().encode(word), (byte) => vocabulary.alphabet[byte]);
  let tokens = bytes.map(
    (byte, i) => vocabulary.ids.get(i === bytes.length - 1 ? `${byte}</w>` : byte) ?? -1,
  );
  const mergedAt = (i: number) => vocabulary.merges.get(pairKey(tokens[i], tokens[i + 1])) ?? Infinity;
  for (;;) {
    const earliest = Math.min(...tokens.slice(0, -1).map((_, i) => mergedAt(i)));
    if (earliest === Infinity) return tokens;
    const merged: number[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const isPair = i + 1 < tokens.length && mergedAt(i) === earliest;
      merged.push(isPair ? earliest : tokens[i]);
      if (isPair) i++;
    }
    tokens = merged;
  }
}

test('the heap merges as the definition does', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'aeinorstlhd'), minLength: 1, maxLength: 40 });
  const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.oneof(letters, anything), (word) => {
      assert.deepEqual(bytePairEncode(word, vocabulary), encodeSlowly(word));
    }),
    { numRuns: 300 },
  );
});

test('a word of 100,000 letters is encoded', () => {
  const tokens = bytePairEncode('ab'.repeat(50_000), vocabulary);
  const strings = new Map(Array.from(vocabulary.ids, ([string, id]) => [id, string]));
  assert.equal(tokens.map((token) => strings.get(token)).join(''), `${'ab'.repeat(50_000)}</w>`);
});

test('a vocabulary without bytes is refused', () => {
  assert.throws(() => bytePairEncode('a', { ...vocabulary, ids: new Map() }), RangeError);
});
