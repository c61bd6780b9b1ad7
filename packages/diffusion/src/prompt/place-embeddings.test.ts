import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import { chunkText } from './chunks.ts';
import { placeEmbeddings } from './place-embeddings.ts';

const tokenizer = numericTokenizer(600);
const rows = new Map([
  ['401', { first: 0, count: 3 }],
  ['402', { first: 3, count: 1 }],
]);
const embeddings = [...rows].map(([name, { count }]) => ({ name, vectors: count }));

test('the words take the places that the chunk keeps for them', () => {
  const { chunks } = chunkText('7 401 8 402', { tokenizer, embeddings });
  const placed = placeEmbeddings(chunks[0].tokens, chunks[0].fixes, { rows });
  assert.deepEqual(placed.slice(0, 9), [598, 7, -1, -2, -3, 8, -4, 599, 599]);
  assert.equal(placed.length, 77);
});

test('what a comma has left behind at the end of a chunk is cut off there', () => {
  const placed = placeEmbeddings(Array<number>(77).fill(5), [{ offset: 74, embedding: '401' }], { rows });
  assert.deepEqual(placed.slice(74), [5, -1, -2]);
});
