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

test('versions in development and local ones have their place among the others', () => {
  const versions = ['1.8.0.dev1', '1.8.0rc1', '1.8.0+local', '1.8.0.post1'];
  const switches = versions.map((version) =>
    parseInfotext(`[a]\nSteps: 1, Refiner: x, Version: ${version}`).get('Refiner switch by sampling steps'),
  );
  assert.deepEqual(switches, [true, true, false, false]);
});

test('a second {prompt} of a style is text', () => {
  const styles = [{ name: 'S', prompt: 'x {prompt} y {prompt}', negativePrompt: '' }];
  const parsed = parseInfotext('x a cat y {prompt}', { styles });
  assert.deepEqual([parsed.get('Prompt'), parsed.get('Styles array')], ['a cat', ['S']]);
});

test('sizes may be written in the digits of any script', () => {
  const parsed = parseInfotext('a\nSteps: 1, Size: 512x512, First pass size: １x２');
  assert.deepEqual([parsed.get('Size-1'), parsed.get('Hires resize-1')], [1, 512]);
});
