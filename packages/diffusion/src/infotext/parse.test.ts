/** Properties of the infotext's reader and writer. */
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInfotext } from './parse.ts';
import { scanParameters } from './scan-parameters.ts';
import { writeInfotext } from './write.ts';

const original = /\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;
const hostile = fc.string({ unit: fc.constantFrom(...'a1 :,"\\-/_x\t='), maxLength: 40 });

test('finds what the original regular expression finds', () => {
  fc.assert(
    fc.property(hostile, (line) => {
      const expected = [...line.matchAll(original)].map(([, name, value]) => [name, value]);
      assert.deepEqual(scanParameters(line), expected);
    }),
    { numRuns: 2000 },
  );
});

test('what is written is read back', () => {
  const word = fc.stringMatching(/^[a-z][a-z ]{0,8}[a-z]$/);
  const value = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);
  fc.assert(
    fc.property(word, word, value, (prompt, negative, model) => {
      const parameters = [
        ['Steps', 20],
        ['Size', '64x32'],
        ['Model', model],
        ['Seed', 1],
      ] as const;
      const parsed = parseInfotext(writeInfotext(prompt, negative, parameters));
      assert.equal(parsed.get('Prompt'), prompt);
      assert.equal(parsed.get('Negative prompt'), negative);
      assert.equal(parsed.get('Size-1'), '64');
      // A value in quotation marks of its own loses them, in the original too.
      if (!/^".*"$/.test(model) && !/^\d+x\d+$/.test(model)) assert.equal(parsed.get('Model'), model);
    }),
  );
});

test('a million characters of anything are read in linear time', () => {
  for (const piece of ['a', ':', '"', '\\', ', ', 'aa: ', 'aa:"\\"', 'aa: "x, ', '(', 'a\n', '[', '1x']) {
    const text = piece.repeat(1_000_000 / piece.length);
    assert.equal(typeof parseInfotext(text).get('Prompt'), 'string');
  }
});
