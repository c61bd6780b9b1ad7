import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadClipTokenizer } from './clip-tokenizer.ts';

const transformers = await loadClipTokenizer();
const openai = await loadClipTokenizer('openai');

test('start, end and comma', () => {
  const { startId, endId, commaId } = transformers;
  assert.deepEqual({ startId, endId, commaId }, { startId: 49_406, endId: 49_407, commaId: 267 });
});

test('case and white space do not matter', () => {
  assert.deepEqual(transformers.encode('  A\tPhoto\nof  a CAT '), transformers.encode('a photo of a cat'));
});

test('special tokens are one token, the text around them is repaired apart', () => {
  assert.deepEqual(transformers.encode('a<|endoftext|>&amp;'), [320, 49_407, 261]);
  assert.deepEqual(transformers.encode('<|STARTOFTEXT|>'), [49_406]);
});

test('only the dialect of OpenAI reads HTML where the text has a "<"', () => {
  assert.deepEqual(openai.encode('< &amp;amp;'), [283, 261]);
  assert.ok(transformers.encode('< &amp;amp;').length > 2);
  assert.deepEqual(transformers.encode('&amp;amp;'), [261]);
});

test('lone surrogates, NUL and controls are tokenised or dropped, never fatal', () => {
  assert.deepEqual(transformers.encode('\ud83d'), transformers.encode('\ufffd'));
  assert.deepEqual(transformers.encode('a\0b'), transformers.encode('ab'));
  assert.deepEqual(transformers.encode('\x07\x1b[31m'), []);
});

test('the long s after an apostrophe counts as an s, as in the original', () => {
  assert.equal(transformers.encode("'ſx").length, transformers.encode("'ſ").length + 1);
});

test('a mark that folds to a letter is dropped, as in the original', () => {
  assert.deepEqual(transformers.encode('a\u0345b'), [320, 321]);
  assert.deepEqual(transformers.encode('é\u0345!'), [4166, 256]);
});

test('white space is what Python takes for it: a byte order mark is a sign', () => {
  assert.deepEqual(openai.encode('<&#65279;a'), [27, 171, 119, 379, 320]);
  assert.deepEqual(openai.encode('<b&#x2028;c&#133;'), [283, 321, 322, 959]);
});
