import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBlockWeights } from './block-weights.ts';

const unet = (block: string): string => `model.diffusion_model.${block}.1.proj_in.weight`;
const at = (count: number, block: string): number =>
  readBlockWeights(Array.from({ length: count }, (_, i) => i).join(', ')).weightOf(unet(block));
const text = 'cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight';

test('17 numbers are for the blocks with attention, the others get nothing', () => {
  const numbers = Array.from({ length: 17 }, (_, i) => i / 10);
  const { weightOf: of } = readBlockWeights(numbers.join(','));
  assert.deepEqual(
    [text, unet('input_blocks.1'), unet('input_blocks.8'), unet('middle_block'), unet('output_blocks.3')].map(
      of,
    ),
    [0, 0.1, 0.6, 0.7, 0.8],
  );
  assert.deepEqual(
    [unet('output_blocks.11'), unet('input_blocks.3'), unet('output_blocks.0')].map(of),
    [1.6, 0, 0],
  );
  assert.equal(of('model.diffusion_model.time_embed.0.weight'), 0);
});

test('12, 20 and 26 numbers are those of SDXL and of all blocks', () => {
  assert.deepEqual([at(12, 'input_blocks.4'), at(12, 'middle_block'), at(12, 'output_blocks.5')], [1, 5, 11]);
  assert.deepEqual(
    [at(20, 'input_blocks.0'), at(20, 'middle_block'), at(20, 'output_blocks.8')],
    [1, 10, 19],
  );
  assert.deepEqual(
    [at(26, 'input_blocks.11'), at(26, 'middle_block'), at(26, 'output_blocks.11')],
    [12, 13, 25],
  );
});

test('presets have names', () => {
  const [middle, none, all] = ['midd', 'NONE', 'ALL'].map((text) => readBlockWeights(text).weightOf);
  assert.deepEqual(
    [text, unet('input_blocks.4'), unet('input_blocks.5'), unet('output_blocks.7')].map(middle),
    [1, 0, 1, 0],
  );
  assert.deepEqual([none(text), none(unet('middle_block')), all(text)], [0, 0, 1]);
});

test('anything else is refused', () => {
  for (const bad of ['1,2,3', 'SOME', '', `${'1,'.repeat(16)}x`]) {
    assert.throws(() => readBlockWeights(bad), { code: 'request.invalid', message: /12, 17, 20 or 26/ });
  }
});
