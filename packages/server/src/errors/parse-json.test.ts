import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from './parse-json.ts';

const value = { prompt: 'città 猫 🍎' };
const text = JSON.stringify(value);
const big = (marked: string): Buffer => Buffer.from(marked, 'utf16le').swap16();

for (const [encoding, bytes] of [
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16, little end first', Buffer.from(text, 'utf16le')],
  ['the same with its mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, big end first', big(text)],
  ['that with its mark', big(`\ufeff${text}`)],
] as const) {
  test(`${encoding} is read`, () => assert.deepEqual(parseJson(bytes), value));
}

test('a number alone is read too', () => assert.equal(parseJson(Buffer.from('7')), 7));

const nested = (levels: number): string => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);

test('100 levels are read, more are refused, however many', () => {
  assert.ok(parseJson(Buffer.from(nested(100))));
  for (const levels of [102, 20_000, 1_000_000]) {
    assert.throws(() => parseJson(Buffer.from(nested(levels))), /nested more than 100 levels deep/);
  }
});

test('what is no JSON is refused', () => {
  for (const wrong of ['', '{', 'NaN', '\0', '\0\0', '{"a":1}x']) {
    assert.throws(() => parseJson(Buffer.from(wrong)), SyntaxError);
  }
});
