/** Adapters as diffusers and PEFT write them: names, alphas and lengths that kohya's files have elsewhere. */
import { assertClose, sd15, sd1Layout } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { tensor } from '../tensor.ts';
import { writeAdapter } from './adapter-file.ts';
import type { Filling } from './adapter-file.ts';
import { changeWeight } from './change-weights.ts';
import { fitAdapter } from './fit-adapter.ts';
import { inspectAdapter } from './inspect-adapter.ts';
import { readAdapter } from './read-adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-diffusers-adapters-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const written = (tensors: Readonly<Record<string, Filling>>, metadata = {}): string =>
  writeAdapter(join(folder, `${count++}.safetensors`), tensors, metadata);

const published = new Map(sd1Layout(sd15));
const attention = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1';
const query = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight';
const rank2 = (layer: string, size = 2): Readonly<Record<string, Filling>> => ({
  [`${layer}.lora_A.weight`]: [2, size],
  [`${layer}.lora_B.weight`]: [size, 2],
});

const spellings: readonly (readonly [who: string, layer: string, weight: string])[] = [
  ['the first diffusers, of the UNet alone,', `${attention}.to_q`, query],
  [
    'diffusers with transformers 5',
    'text_encoder.encoder.layers.3.self_attn.q_proj',
    'cond_stage_model.transformer.text_model.encoder.layers.3.self_attn.q_proj.weight',
  ],
  [
    'diffusers with transformers 4',
    'text_encoder.text_model.encoder.layers.3.self_attn.q_proj',
    'cond_stage_model.transformer.text_model.encoder.layers.3.self_attn.q_proj.weight',
  ],
];
for (const [who, layer, weight] of spellings) {
  test(`names as ${who} wrote them are found`, async () => {
    const adapter = await readAdapter(written(rank2(layer, published.get(weight)?.[0])));
    const { layers, unmatched } = fitAdapter(adapter, published, 'SD 1.5');
    assert.deepEqual([layers.map((one) => one.weight), unmatched, adapter.ignored], [[weight], [], []]);
  });
}

test('alphas come from PEFT’s settings, for single layers too, and from tensors before that', async () => {
  const settings = {
    'unet.lora_alpha': 6,
    'unet.alpha_pattern': { 'attn1.to_k': 1, [`${attention}.to_v`]: 4 },
    'text_encoder.lora_alpha': 6,
    'text_encoder.use_rslora': true,
  };
  const path = written(
    {
      ...rank2(`unet.${attention}.to_q`),
      ...rank2(`unet.${attention}.to_k`),
      ...rank2(`unet.${attention}.to_v`),
      ...rank2(`unet.${attention}.to_out.0`),
      [`unet.${attention}.to_out.0.alpha`]: { shape: [], values: [5] },
      ...rank2('text_encoder.text_model.encoder.layers.0.mlp.fc1'),
    },
    { lora_adapter_metadata: JSON.stringify(settings) },
  );
  const { layers } = await readAdapter(path);
  assertClose(
    layers.map(({ change }) => change.scale),
    [6 / 2, 1 / 2, 4 / 2, 5 / 2, 6 / Math.sqrt(2)],
    1e-6,
  );
});

test('settings that are none leave the scale alone', async () => {
  for (const text of ['{', '[]', 'null', '{"unet.lora_alpha":"2"}', '{"unet.alpha_pattern":3}']) {
    const path = written(rank2(`unet.${attention}.to_q`), { lora_adapter_metadata: text });
    const [{ change }] = (await readAdapter(path)).layers;
    assert.equal(change.scale, 1, text);
  }
});

test('PEFT’s lengths of DoRA are those of the outputs', async () => {
  for (const end of ['lora_magnitude_vector', 'lora_magnitude_vector.weight']) {
    const path = written({
      ...rank2(`unet.${attention}.to_q`),
      [`unet.${attention}.to_q.${end}`]: { shape: [2], values: [3, 5] },
    });
    assert.ok((await inspectAdapter(path)).isDora);
    const shapes = new Map([...published, [query, [2, 2]] as const]);
    const [layer] = fitAdapter(await readAdapter(path), shapes, 'a model').layers;
    const { data } = changeWeight(tensor([2, 2], Float32Array.of(1, 2, 3, 4)), layer, 1);
    assertClose([Math.hypot(data[0], data[1]), Math.hypot(data[2], data[3])], [3, 5], 1e-5);
  }
});

test('OpenCLIP’s attention is changed where a folder of diffusers has its parts apart', async () => {
  const start = 'cond_stage_model.model.';
  const block = `${start}transformer.resblocks.0.attn`;
  const parts = ['q_proj', 'k_proj', 'v_proj', 'out_proj'];
  const marks = [`${start}token_embedding.weight`, 'model.diffusion_model.input_blocks.0.0.weight'];
  const apart = new Map<string, readonly number[]>([
    ...marks.map((name) => [name, [1, 4, 1, 1]] as const),
    ...parts.map((part) => [`${block}.${part}.weight`, [2, 2]] as const),
  ]);
  const layers = parts.map((part) => rank2(`text_encoder.text_model.encoder.layers.0.self_attn.${part}`));
  const adapter = await readAdapter(written(Object.assign({}, ...layers)));
  const fitted = fitAdapter(adapter, apart, 'a folder');
  assert.deepEqual(
    fitted.layers.map(({ weight, rows }) => [weight, rows]),
    parts.map((part) => [`${block}.${part}.weight`, undefined]),
  );
});
