import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unescapeHtml, unescapeUnambiguousHtml } from './html-entities.ts';

test('all references that HTML knows', () => {
  const examples: Readonly<Record<string, string>> = {
    '&notit; &amp &AMP; &nosuch;': '¬it; & & &nosuch;',
    '&#233;&#xE9;&#XE9 ': 'éé\u{e9} ',
    '&#150;': '–',
    '&#0;&#55357;&#1114112;': '\ufffd\ufffd\ufffd',
    '&#1;&#65535;&#11;': '',
    '&#10;&#12;': '\n\f',
    '&fjlig;&NotEqualTilde;': 'fj≂̸',
  };
  for (const [text, expected] of Object.entries(examples)) assert.equal(unescapeHtml(text), expected);
});

test('only unambiguous references', () => {
  assert.equal(unescapeUnambiguousHtml('this&not that &amp; P&EACUTE;REZ'), 'this&not that & PÉREZ');
  assert.equal(unescapeUnambiguousHtml('&#59; &#12ab; &SZLIG;'), '&#59; &#12ab; SS');
});
