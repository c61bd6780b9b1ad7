import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAdapterRequest, takeExtraNetworks } from './extra-networks.ts';

const adapterOf = (prompt: string) => readAdapterRequest(takeExtraNetworks(prompt).networks[0]);

test('networks are taken out of the prompt, what only looks like one stays', () => {
  const { prompt, networks } = takeExtraNetworks('a <lora:ink:0.8> cat <hypernet:x> <b> <:c> <d:> 1 < 2');
  assert.equal(prompt, 'a  cat  <b> <:c> <d:> 1 < 2');
  assert.deepEqual(
    networks.map(({ kind, positional }) => [kind, positional]),
    [
      ['lora', ['ink', '0.8']],
      ['hypernet', ['x']],
    ],
  );
});

test('strengths of a LoRA', () => {
  const common = { name: 'ink', rank: undefined, blocks: undefined };
  assert.deepEqual(adapterOf('<lora:ink>'), { ...common, textEncoder: 1, unet: 1 });
  assert.deepEqual(adapterOf('<lora:ink:0.8>'), { ...common, textEncoder: 0.8, unet: 0.8 });
  assert.deepEqual(adapterOf('<lora:ink:0.8:0.5:16>'), {
    ...common,
    textEncoder: 0.8,
    unet: 0.5,
    rank: 16,
  });
  assert.deepEqual(adapterOf('<lora:ink:te=0:unet=-1:dyn=4>'), {
    ...common,
    textEncoder: 0,
    unet: -1,
    rank: 4,
  });
  assert.deepEqual(adapterOf('<lora:ink:0.8:te=0.2>'), { ...common, textEncoder: 0.2, unet: 0.2 });
});

test('weights of blocks', () => {
  const { textEncoder, blocks } = adapterOf('<lora:ink:0.5:lbw=OUTALL>');
  assert.equal(textEncoder, 0.5);
  assert.equal(blocks?.weightOf('model.diffusion_model.output_blocks.3.1.proj_in.weight'), 1);
  assert.equal(blocks?.weightOf('model.diffusion_model.input_blocks.1.1.proj_in.weight'), 0);
  assert.throws(() => adapterOf('<lora:ink:0.5:lbw=1,2>'), { code: 'request.invalid' });
});

test('a strength that is no number is refused', () => {
  assert.throws(() => adapterOf('<lora:ink:strong>'), {
    code: 'request.invalid',
    message: /"strong" in <lora:ink/,
  });
});

test('50,000 openings without an end are no burden', () => {
  const prompt = '<a:'.repeat(50_000);
  assert.deepEqual(takeExtraNetworks(prompt), { prompt, networks: [] });
});
