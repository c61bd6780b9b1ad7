import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isBreak, parseAttention } from './attention.ts';

const plain = (text: string) => [{ text, weight: 1 }];
const letters = (text: string) => text.replace(/[^ab]/g, '');

test('escaped text is read as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab ()[]\\:,\n😀1.') }), (text) => {
      assert.deepEqual(parseAttention(text.replace(/[()[\]\\]/g, '\\$&')), plain(text));
    }),
  );
});

test('neighbours never have equal weights, and no letter is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab ()[]') }), (text) => {
      const parts = parseAttention(text);
      assert.ok(parts.every(({ weight }, i) => i === 0 || weight !== parts[i - 1].weight));
      assert.equal(letters(parts.map((part) => part.text).join('')), letters(text));
    }),
  );
});

test('BREAK is a mark outside brackets only', () => {
  assert.deepEqual(parseAttention('a BREAK b').map(isBreak), [false, true, false]);
  assert.ok(!parseAttention('(a BREAK b)').some(isBreak));
  assert.deepEqual(parseAttention('ÉBREAK'), plain('ÉBREAK'));
});

test('weights are read in any digits; what is no number is refused with its text', () => {
  assert.deepEqual(parseAttention('(a:１.５)'), [{ text: 'a', weight: 1.5 }]);
  assert.throws(() => parseAttention('(a:1.2.3)'), /"1\.2\.3" in \(words:1\.2\.3\) is not a number/);
});

test('brackets nested beyond float32 keep their text and their pairs', () => {
  const deep = parseAttention(`${'(a'.repeat(30_000)}${')'.repeat(30_000)}b`);
  assert.equal(deep.map(({ text }) => text).join(''), `${'a'.repeat(30_000)}b`);
  assert.deepEqual(deep[0], { text: 'a', weight: 1.1 });
  assert.deepEqual(deep.at(-1), { text: 'b', weight: 1 });
});
