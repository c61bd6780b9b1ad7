import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateLocale } from './negotiate.ts';

for (const [header, expected] of [
  [null, 'en'],
  ['', 'en'],
  ['it', 'it'],
  ['it-CH', 'it'],
  ['IT-it;q=0.9, en;q=0.8', 'it'],
  ['de, en;q=0.5, it;q=0.7', 'it'],
  ['fr', 'en'],
  ['it;q=0', 'en'],
  ['*', 'en'],
  ['ita', 'en'],
  [';;;q=,', 'en'],
] as const) {
  test(`"${header}" is answered in ${expected}`, () => {
    assert.equal(negotiateLocale(['en', 'it'], undefined, header), expected);
  });
}

test('a choice wins over the header, unless that language is not spoken here', () => {
  assert.equal(negotiateLocale(['en', 'it'], 'it', 'en'), 'it');
  assert.equal(negotiateLocale(['en', 'it'], 'xx', 'it'), 'it');
});
