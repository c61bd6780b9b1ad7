import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import { chunkText, emptyChunk, padAfterEnd, type ChunkedText } from './chunks.ts';

const tokenizer = numericTokenizer(600);
const words = fc
  .array(fc.constantFrom('1', '2', '3', ',', 'BREAK'), { maxLength: 400 })
  .map((list) => list.join(' '));
const used = ({ chunks }: ChunkedText) => chunks.flatMap(({ tokens }) => tokens.filter((id) => id < 598));

test('every chunk is start, 75 tokens, end, and no token is lost or moved before another', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 0, max: 74 }), (text, commaPaddingBacktrack) => {
      const chunked = chunkText(text, { tokenizer, commaPaddingBacktrack });
      for (const { tokens, multipliers } of chunked.chunks) {
        assert.deepEqual([tokens.length, multipliers.length, tokens[0], tokens[76]], [77, 77, 598, 599]);
      }
      assert.deepEqual(used(chunked), tokenizer.encode(text));
    }),
  );
});

test('the comma decides where a full chunk ends, if it is near enough', () => {
  const text = `${'1 '.repeat(60)}, ${'2 '.repeat(20)}`;
  const lengths = (commaPaddingBacktrack: number) =>
    chunkText(text, { tokenizer, commaPaddingBacktrack }).chunks.map(({ tokens }) => tokens.indexOf(599) - 1);
  assert.deepEqual(lengths(20), [61, 20]);
  assert.deepEqual(lengths(14), [75, 6]);
  assert.deepEqual(lengths(0), [75, 6]);
});

test('an empty text is one empty chunk', () => {
  assert.deepEqual(chunkText('', { tokenizer }), { chunks: [emptyChunk(tokenizer)], tokenCount: 0 });
});

test('embeddings: the longest name wins, they are weighed and never cut', () => {
  const embeddings = [
    { name: '7', vectors: 2 },
    { name: '7 8', vectors: 3 },
  ];
  const { chunks } = chunkText('1 (7 8:1.5) 7', { tokenizer, embeddings });
  assert.deepEqual(chunks[0].fixes, [
    { offset: 1, embedding: '7 8' },
    { offset: 4, embedding: '7' },
  ]);
  assert.deepEqual(chunks[0].multipliers.slice(0, 8), [1, 1, 1.5, 1.5, 1.5, 1, 1, 1]);
  const late = chunkText(`${'1 '.repeat(74)}7`, { tokenizer, embeddings });
  assert.deepEqual(
    late.chunks.map(({ fixes }) => fixes),
    [[], [{ offset: 0, embedding: '7' }]],
  );
});

test('an embedding longer than a chunk is refused by name', () => {
  const embeddings = [{ name: '7', vectors: 76 }];
  assert.throws(() => chunkText('7', { tokenizer, embeddings }), {
    code: 'request.invalid',
    message: /"7" has 76/,
  });
});

test('without emphasis brackets are letters', () => {
  const [{ multipliers }] = chunkText('(1:1.5)', { tokenizer, emphasis: 'None' }).chunks;
  assert.ok(multipliers.every((weight) => weight === 1));
});

test('another padding replaces what follows the first end', () => {
  assert.deepEqual(padAfterEnd([598, 1, 599, 599, 599], 599, 0), [598, 1, 599, 0, 0]);
  assert.deepEqual(padAfterEnd([598, 1], 599, 0), [598, 1]);
});
