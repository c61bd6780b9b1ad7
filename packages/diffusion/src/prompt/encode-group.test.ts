import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import { encodeGroup, type ChunkEncoder } from './encode-group.ts';
import { planPrompt } from './prompt-plan.ts';

/** A text encoder of width 1 whose output is the token id. */
const echo: ChunkEncoder = (chunks) => {
  const tokens = Float32Array.from(chunks.flatMap((chunk) => chunk.tokens));
  const second = Float32Array.from(chunks, (chunk) => chunk.tokens[1]);
  return Promise.resolve({
    hidden: tensor([chunks.length, 77, 1], tokens),
    pooled: tensor([chunks.length, 1], second),
  });
};
const tokenizer = numericTokenizer(600);

test('chunks are joined in order', async () => {
  const words = Array.from({ length: 80 }, (_, i) => i + 1);
  const { groups } = planPrompt({ prompt: words.join(' '), steps: 4, tokenizer });
  const { contexts, pooled } = await encodeGroup(groups[0], 'Original', echo);
  const [encoded] = contexts;
  assert.deepEqual(encoded.shape, [1, 154, 1]);
  assert.deepEqual([...encoded.data.subarray(0, 3)], [598, 1, 2]);
  assert.deepEqual([...encoded.data.subarray(76, 80)], [599, 598, 76, 77]);
  assert.deepEqual([...(pooled?.data ?? [])], [1], 'the first chunk is pooled');
});

test('emphasis normalises over all texts of a schedule, each as often as it stands there', async () => {
  const { groups } = planPrompt({ prompt: '[(8:2):16:3]', steps: 4, tokenizer });
  const { contexts } = await encodeGroup(groups[0], 'Original', echo);
  const [first, second] = contexts;
  const ends = 598 + 75 * 599;
  const before = 1 * (ends + 8) + 1 * (ends + 16);
  const after = 1 * (ends + 16) + 1 * (ends + 16);
  assert.ok(Math.abs(first.data[1] - (16 * before) / after) < 1e-4);
  assert.ok(Math.abs(second.data[1] - (16 * before) / after) < 1e-4);
});
