import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFormat } from './format.ts';

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const en = createFormat('en');
const it = createFormat('it');

for (const [seconds, english, italian] of [
  [0.2, '1 sec', '1 s'],
  [8.4, '8 sec', '8 s'],
  [89, '89 sec', '89 s'],
  [90, '1 min 30 sec', '1 min 30 s'],
  [124, '2 min', '2 min'],
  [597, '10 min', '10 min'],
  [3600, '1 hr', '1 h'],
  [5000, '1 hr 23 min', '1 h 23 min'],
] as const) {
  test(`${seconds} seconds`, () => {
    assert.equal(plain(en.duration(seconds)), english);
    assert.equal(plain(it.duration(seconds)), italian);
  });
}

test('numbers are written as the language writes them', () => {
  assert.equal(en.number(12345), '12,345');
  assert.equal(it.number(12345), '12.345');
  assert.equal(it.decimal(7.5), '7,5');
  assert.equal(plain(it.percent(0.42)), '42%');
});
