/** Expected colours are what Pillow's `ImageColor.getrgb` gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SdapiRefusal } from '../refusal.ts';
import { colourOf } from './colour.ts';

test('colours are read as Pillow reads them', () => {
  const known = {
    rebeccapurple: '#663399',
    DarkSlateGrey: '#2f4f4f',
    '#A1b': '#aa11bb',
    '#a1b7': '#aa11bb',
    '#102030': '#102030',
    '#10203040': '#102030',
    'rgb(1, 20,255)': '#0114ff',
    'rgba(1,20,255,7)': '#0114ff',
    'rgb(10%,50%,100%)': '#1a80ff',
    'hsl(210,50%,40%)': '#336699',
    'hsl(33.5, 80%, 61%)': '#eba54c',
    'hsv(210,50%,40%)': '#334d66',
    'hsb(359,100%,100%)': '#ff0004',
  };
  for (const [text, colour] of Object.entries(known)) assert.equal(colourOf(text), colour, text);
});

test('others are refused, also long ones and names of objects', () => {
  for (const text of ['', 'nocolour', '#12345', 'constructor', 'rgb(1,2)', 'a'.repeat(5000), 7, null]) {
    assert.throws(
      () => colourOf(text),
      (error) => error instanceof SdapiRefusal && /unknown color specifier/.test(error.message),
    );
  }
});
