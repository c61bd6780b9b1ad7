import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from './network-change.ts';
import type { LayerOutline, OutlinedUse } from './network-change.ts';

const query = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight';
const weights = new Map([[query, [320, 320]]]);
const stored = { type: 'f32', path: 'ink.safetensors', offset: 0, length: 0 } as const;
const layer: LayerOutline = {
  part: 'unet',
  layer: 'down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q',
  method: 'LoRA',
  weight: query,
  bias: query.replace('weight', 'bias'),
  scale: 0.5,
  factors: { down: { ...stored, shape: [4, 320] }, up: { ...stored, shape: [320, 4] } },
};

/** What a LoRA of one layer does at a strength. */
function changed(unet: number, own: LayerOutline = layer, rank?: number) {
  const use: OutlinedUse = { id: 'ink', text: 1, unet, layers: [own], ...(rank !== undefined && { rank }) };
  return changeOf(weights, [use]);
}

test('a LoRA of another strength runs in the session that is prepared, with another number', () => {
  const [weak, strong] = [changed(0.5), changed(-2)];
  assert.ok(weak && strong);
  assert.equal(weak.key, strong.key);
  assert.deepEqual([[...weak.strengths], [...strong.strengths]], [[0.25], [-1]]);
  assert.equal(weak.overridden.size, 0, 'no weight is computed');
});

test('another rank, another file and a weight that is computed anew need a session of their own', () => {
  const { factors: _, ...whole } = layer;
  const other = changeOf(weights, [{ id: 'other', text: 1, unet: 0.5, layers: [layer] }]);
  const keys = [changed(0.5), changed(0.5, layer, 2), other, changed(0.5, whole), changed(0.6, whole)];
  assert.equal(new Set(keys.map((change) => change?.key)).size, keys.length);
  assert.deepEqual([...(changed(0.5, whole)?.overridden ?? [])], [query]);
});

test('a strength of 0 changes nothing', () => {
  assert.equal(changed(0), undefined);
});
