import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { rememberedTexts } from './remembered-texts.ts';

/** Encodes a chunk as its tokens plus the clip skip, and counts the chunks. */
function counting() {
  const asked: string[] = [];
  const encode = rememberedTexts(async (tokens, clipSkip = 0) => {
    for (const chunk of tokens) asked.push(chunk.join());
    const width = tokens[0].length;
    return {
      hidden: tensor(
        [tokens.length, width, 1],
        Float32Array.from(tokens.flat(), (token) => token + clipSkip),
      ),
      pooled: tensor(
        [tokens.length, 1],
        Float32Array.from(tokens, ([first]) => first),
      ),
    };
  });
  return { asked, encode };
}

test('a chunk is encoded once, wherever it stands, and gives what it gave', async () => {
  const { asked, encode } = counting();
  const first = await encode([
    [1, 2],
    [3, 4],
    [1, 2],
  ]);
  assert.deepEqual(asked, ['1,2', '3,4']);
  assert.deepEqual([...first.hidden.data], [1, 2, 3, 4, 1, 2]);
  assert.deepEqual(first.hidden.shape, [3, 2, 1]);
  const second = await encode([
    [5, 6],
    [3, 4],
  ]);
  assert.deepEqual(asked, ['1,2', '3,4', '5,6']);
  assert.deepEqual([...second.hidden.data], [5, 6, 3, 4]);
  assert.deepEqual([...(second.pooled?.data ?? [])], [5, 3]);
});

test('another layer is another encoding, and learned words are encoded each time', async () => {
  const { asked, encode } = counting();
  await encode([[1, 2]], 1);
  assert.deepEqual([...(await encode([[1, 2]], 2)).hidden.data], [3, 4]);
  await encode([[1, 2]], 1, tensor([1, 1]));
  await encode([[1, 2]], 1, tensor([1, 1]));
  assert.equal(asked.length, 4);
});

test('what the caller does to a result is not remembered', async () => {
  const { encode } = counting();
  (await encode([[1, 2]])).hidden.data.fill(9);
  assert.deepEqual([...(await encode([[1, 2]])).hidden.data], [1, 2]);
});

test('only the last chunks are kept', async () => {
  const { asked, encode } = counting();
  for (let i = 0; i < 100; i++) await encode([[i, i]]);
  await encode([[99, 99]]);
  assert.equal(asked.length, 100);
  await encode([[0, 0]]);
  assert.equal(asked.length, 101);
});
