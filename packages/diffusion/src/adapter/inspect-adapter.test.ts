import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { modelsFolder } from '@bottega/testing';
import { inspectEmbedding } from '../embedding/inspect-embedding.ts';
import { writeAdapter } from './adapter-file.ts';
import { inspectAdapter } from './inspect-adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-inspect-'));
after(() => rmSync(folder, { recursive: true }));

for (const [file, expected] of Object.entries({
  'sd1-kohya': { methods: ['LoRA'], isDora: false, rank: 8, parts: ['te', 'unet'] },
  'sd1-loha': { methods: ['LoHa'], isDora: false, rank: 4, parts: ['te', 'unet'] },
  'sd1-dora': { methods: ['LoRA'], isDora: true, rank: 4, parts: ['te', 'unet'] },
  'sdxl-kohya': { methods: ['LoRA'], isDora: false, rank: 4, parts: ['te1', 'te2', 'unet'] },
})) {
  test(`${file} is seen for what it is`, async () => {
    const info = await inspectAdapter(join(modelsFolder, `lora/${file}.safetensors`));
    const { methods, isDora, rank, parts } = info;
    assert.deepEqual({ methods, isDora, rank, parts }, expected);
    if (file === 'sdxl-kohya') assert.equal(info.madeFor, 'Stable Diffusion XL');
  });
}

test('what the file says of itself is told', async () => {
  const tensors = { 'lora_unet_mid_block_attentions_0_proj_in.diff': [4, 4] };
  const metadata = { ss_output_name: 'Ink Wash', ss_base_model_version: 'sd_v1' };
  const info = await inspectAdapter(writeAdapter(join(folder, 'ink.safetensors'), tensors, metadata));
  assert.deepEqual(
    [info.name, info.alias, info.methods, info.rank, info.madeFor, info.architecture],
    ['ink', 'Ink Wash', ['full'], undefined, 'Stable Diffusion 1', undefined],
  );
});

test('a file without layers of an adapter is none', async () => {
  const path = writeAdapter(join(folder, 'other.safetensors'), { emb_params: [2, 768] });
  await assert.rejects(inspectAdapter(path), { code: 'adapter.malformed' });
  const { width, count, architecture } = await inspectEmbedding(path);
  assert.deepEqual([width, count, architecture], [768, 2, 'sd1']);
});
