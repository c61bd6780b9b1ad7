import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { repairText } from './repair-text.ts';
import { utf8Bytes } from './utf8-variants.ts';

/** Broken text and what ftfy 6.3.1 makes of it, by the kind of damage. */
const examples: Readonly<Record<string, readonly [string, string]>> = {
  'sound text': ['Ünïcödé — “fine”, naïve Œuvre', 'Ünïcödé — "fine", naïve Œuvre'],
  'Windows-1252': ['âœ” No problems', '✔ No problems'],
  'twice Windows-1252': ['cafÃƒÂ©', 'café'],
  'a lost no-break space': ['voilÃ le travail', 'voilà le travail'],
  'à as a word': ['Ã la mode', 'à la mode'],
  'a lost byte': ['â€œ like this â€�', '" like this �'],
  'Windows-1251': ['СЊРµСЃС‚', 'ьест'],
  'mojibake inside other text': ['日本 cafÃ©', '日本 café'],
  'C1 controls': ['a\u0085b\u0093c', 'a…b"c'],
  ligatures: ['ﬂuﬀy ǆ', 'fluffy dž'],
  widths: ['ＬＯＵＤ　Ｕﾀｰﾝ', 'LOUD Uターン'],
  'line breaks': ['a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  'terminal colours': ['\u001b[36;44mblue\u001b[0m', 'blue'],
  'controls and marks': ['\0a\u0007\ufeffb\ufffc', 'ab'],
  'a decomposed letter': ['cafe\u0301', 'café'],
  entities: ['&lt;3 P&EACUTE;REZ &nTILDE; &#x1F600; &hellip; &amp;amp;', '<3 PÉREZ &nTILDE; 😀 … &'],
  'entities in HTML': ['a &amp;\n<b> &amp;\n&amp;', 'a &\n<b> &amp;\n&amp;'],
};

for (const [damage, [broken, repaired]] of Object.entries(examples)) {
  test(`repairs ${damage}`, () => assert.equal(repairText(broken), repaired));
}

test('CESU-8 and Java zeros are read', () => {
  const cesu = '\xed\xa0\xbd\xed\xb8\x80';
  assert.equal(repairText(`caf\xc3\xa9 ${cesu} \xc0\x80`), 'café 😀 ');
});

test('ASCII stays, and repaired text needs no further repair', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      fc.pre(!text.includes('&'));
      assert.equal(repairText(text), text);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const repaired = repairText(text);
      assert.equal(repairText(repaired), repaired);
    }),
  );
});

test('words of Latin, Cyrillic and Greek survive being read as Latin-1', () => {
  for (const word of ['café', 'привет', 'ελληνικά', 'naïveté', '日本語']) {
    assert.equal(repairText(utf8Bytes(word)), word);
  }
});

test('entities within entities end', () => {
  assert.match(repairText(`&${'amp;'.repeat(20_000)}lt;`), /^&(amp;)*lt;$/);
});
