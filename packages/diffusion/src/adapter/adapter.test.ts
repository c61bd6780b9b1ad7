import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertClose, sd15, sd1Layout } from '@bottega/testing';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { writeAdapter } from './adapter-file.ts';
import type { Filling } from './adapter-file.ts';
import { changeWeight } from './change-weights.ts';
import { fitAdapter } from './fit-adapter.ts';
import type { FittedLayer } from './fit-adapter.ts';
import { readAdapter } from './read-adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-adapter-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
const written = (tensors: Readonly<Record<string, Filling>>, metadata = {}): string =>
  writeAdapter(join(folder, `${count++}.safetensors`), tensors, metadata);

const published = new Map(sd1Layout(sd15));
const query = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight';
const kohyaQuery = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
const waved = (...shape: readonly number[]): Tensor => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.cos(i)),
  );
};

/** The one layer that an adapter has for a model of one weight. */
async function fittedOne(
  tensors: Readonly<Record<string, Filling>>,
  weight: string,
  shape: readonly number[],
): Promise<FittedLayer> {
  const marks = ['model.diffusion_model.input_blocks.0.0.weight', 'cond_stage_model.transformer.x.weight'];
  const shapes = new Map([...marks.map((name) => [name, [1, 4, 1, 1]] as const), [weight, shape] as const]);
  const { layers } = fitAdapter(await readAdapter(written(tensors)), shapes, 'a model');
  assert.deepEqual(
    layers.map((layer) => layer.weight),
    [weight],
  );
  return layers[0];
}

const spellings: Readonly<Record<string, readonly [down: string, up: string]>> = {
  kohya: [`${kohyaQuery}.lora_down.weight`, `${kohyaQuery}.lora_up.weight`],
  'the original code': [
    'lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_down.weight',
    'lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_up.weight',
  ],
  PEFT: [
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight',
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.weight',
  ],
  'PEFT inside kohya': [`${kohyaQuery}.lora_A.weight`, `${kohyaQuery}.lora_B.weight`],
  'a bare PEFT model': [
    'base_model.model.unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.default.weight',
    'base_model.model.unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.default.weight',
  ],
  'diffusers as it was': [
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight',
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight',
  ],
  diffusers: [
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_linear_layer.down.weight',
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_linear_layer.up.weight',
  ],
};

for (const [who, [down, up]] of Object.entries(spellings)) {
  test(`names as ${who} writes them are found in SD 1.5`, async () => {
    const adapter = await readAdapter(written({ [down]: [4, 320], [up]: [320, 4] }));
    const { layers, unmatched } = fitAdapter(adapter, published, 'SD 1.5');
    assert.deepEqual([layers.map(({ weight }) => weight), unmatched, adapter.ignored], [[query], [], []]);
  });
}

test('every layer of SD 1.5 that kohya can train is found', async () => {
  const layers: Record<string, Filling> = {};
  const down = (name: string, inputs: number): void => {
    layers[`${name}.lora_down.weight`] = [1, inputs];
    layers[`${name}.lora_up.weight`] = [1, 1];
  };
  for (const [i, places] of [2, 2, 2, 0, 0, 3, 3, 3].entries()) {
    const level = i < 4 ? `lora_unet_down_blocks_${i}` : `lora_unet_up_blocks_${i - 4}`;
    for (let j = 0; j < places; j++) down(`${level}_attentions_${j}_transformer_blocks_0_attn2_to_out_0`, 1);
  }
  for (const i of [0, 1, 2]) {
    down(`lora_unet_down_blocks_${i}_downsamplers_0_conv`, 1);
    down(`lora_unet_up_blocks_${i}_upsamplers_0_conv`, 1);
  }
  for (let i = 0; i < 12; i++) down(`lora_te_text_model_encoder_layers_${i}_self_attn_out_proj`, 1);
  const names = new Map([...published].map(([name]) => [name, [1, 1]]));
  const { layers: found, unmatched } = fitAdapter(await readAdapter(written(layers)), names, 'SD 1.5');
  assert.deepEqual(unmatched, []);
  assert.equal(new Set(found.map(({ weight }) => weight)).size, 15 + 6 + 12);
});

const down = `${kohyaQuery}.lora_down.weight`;
const up = `${kohyaQuery}.lora_up.weight`;
const refusedFiles: readonly (readonly [
  what: string,
  tensors: Readonly<Record<string, Filling>>,
  code: string,
  message: RegExp,
])[] = [
  [
    'rank 0',
    { [down]: [0, 320], [up]: [320, 0] },
    'adapter.malformed',
    /attn1_to_q, lora_down\.weight of 0x320 has rank 0/,
  ],
  [
    'NaN',
    { [down]: [1, 320], [up]: { shape: [2, 1], values: [1, NaN] } },
    'adapter.not-finite',
    /attn1_to_q\.lora_up\.weight/,
  ],
  [
    'infinity',
    { [down]: [1, 320], [up]: [320, 1], [`${kohyaQuery}.alpha`]: { shape: [], values: [Infinity] } },
    'adapter.not-finite',
    /alpha/,
  ],
  ['ranks that differ', { [down]: [4, 320], [up]: [320, 8] }, 'adapter.malformed', /do not fit each other/],
  ['half a layer', { [down]: [4, 320] }, 'adapter.malformed', /no known method with lora_down\.weight/],
  ['no layers', { 'model.layers.0.weight': [2, 2] }, 'adapter.malformed', /no layer that is known/],
  [
    'blocks that are not square',
    { [`${kohyaQuery}.oft_blocks`]: [4, 8, 4] },
    'adapter.malformed',
    /not square/,
  ],
];

for (const [what, tensors, code, message] of refusedFiles) {
  test(`an adapter with ${what} is refused`, async () => {
    await assert.rejects(readAdapter(written(tensors)), { name: 'EngineError', code, message });
  });
}

const context = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k';
const strangers: readonly (readonly [string, Readonly<Record<string, Filling>>, object, RegExp])[] = [
  [
    'SD 2, told from the width of its texts',
    { [`${context}.lora_down.weight`]: [4, 1024], [`${context}.lora_up.weight`]: [320, 4] },
    {},
    /made for Stable Diffusion 2/,
  ],
  [
    'SDXL, told from its second text encoder',
    {
      'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight': [4, 8],
      'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight': [8, 4],
    },
    {},
    /made for Stable Diffusion XL/,
  ],
  [
    'SDXL, though a layer of its fits',
    {
      [down]: [4, 320],
      [up]: [320, 4],
      'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight': [4, 8],
      'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight': [8, 4],
    },
    {},
    /made for Stable Diffusion XL .* those of another architecture/,
  ],
  [
    'Flux, told from its blocks',
    {
      'lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight': [4, 8],
      'lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight': [8, 4],
    },
    {},
    /made for Flux/,
  ],
  [
    'what its metadata say, where sizes do not fit',
    { [down]: [4, 640], [up]: [640, 4] },
    { ss_base_model_version: 'sdxl_base_v1-0' },
    /made for Stable Diffusion XL .* cannot change a weight of 320x320/,
  ],
  [
    'a layer with another bias',
    { [`${kohyaQuery}.diff`]: [320, 320], [`${kohyaQuery}.diff_b`]: [3] },
    {},
    /cannot change a weight of 320x320/,
  ],
  [
    'nobody knows what',
    { 'lora_unet_mystery.lora_down.weight': [4, 8], 'lora_unet_mystery.lora_up.weight': [8, 4] },
    {},
    /made for an unknown model .* none of its layers/,
  ],
];

for (const [what, tensors, metadata, message] of strangers) {
  test(`an adapter for ${what} does not fit SD 1.5`, async () => {
    const adapter = await readAdapter(written(tensors, metadata));
    assert.throws(
      () => fitAdapter(adapter, published, 'SD 1.5'),
      (error) => {
        assert.ok(error instanceof EngineError && error.code === 'adapter.mismatch', String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('factors of a weight larger than memory are refused for their size, which is never made', async () => {
  const hada = Object.fromEntries(
    ['1', '2'].flatMap((n) => [
      [`${kohyaQuery}.hada_w${n}_a`, [200_000, 1]],
      [`${kohyaQuery}.hada_w${n}_b`, [1, 200_000]],
    ]),
  );
  const kron = { [`${kohyaQuery}.lokr_w1`]: [1, 1], [`${kohyaQuery}.lokr_w2_a`]: [200_000, 1] };
  for (const tensors of [hada, { ...kron, [`${kohyaQuery}.lokr_w2_b`]: [1, 200_000] }]) {
    const adapter = await readAdapter(written(tensors));
    assert.throws(() => fitAdapter(adapter, published, 'SD 1.5'), { code: 'adapter.mismatch' });
  }
});

test('strength 0 and twice half a strength are what they should be', async () => {
  const layer = await fittedOne({ [down]: [2, 6], [up]: [4, 2] }, query, [4, 6]);
  const base = waved(4, 6);
  assert.deepEqual(changeWeight(base, layer, 0), base);
  const half = changeWeight(base, layer, 0.5);
  assertClose(changeWeight(half, layer, 0.5).data, changeWeight(base, layer, 1).data, 1e-6);
});

test('a rotation in blocks, and in stages of blocks, keeps the length of every column', async () => {
  for (const shape of [
    [4, 4, 4],
    [2, 4, 4, 4],
  ]) {
    const layer = await fittedOne({ [`${kohyaQuery}.oft_blocks`]: shape }, query, [16, 5]);
    const base = waved(16, 5);
    const turned = changeWeight(base, layer, 1);
    assert.ok(turned.data.some((value, i) => Math.abs(value - base.data[i]) > 0.01));
    assertClose(columnLengths(turned), columnLengths(base), 1e-5);
  }
});

test('DoRA sets the length of every input or output to its scale', async () => {
  for (const [shape, lengths] of [
    [[1, 6], columnLengths],
    [[4, 1], rowLengths],
  ] as const) {
    const scale = Array.from({ length: Math.max(...shape) }, (_, i) => i + 1);
    const doraScale = { [`${kohyaQuery}.dora_scale`]: { shape, values: scale } };
    const layer = await fittedOne({ [down]: [2, 6], [up]: [4, 2], ...doraScale }, query, [4, 6]);
    assertClose(lengths(changeWeight(waved(4, 6), layer, 1)), scale, 1e-5);
  }
});

test('IA3 multiplies inputs or outputs, of kernels too', async () => {
  const factors = { [`${kohyaQuery}.weight`]: { shape: [2], values: [1, 3] } };
  const ones = tensor([2, 2, 1, 2], new Float32Array(8).fill(1));
  const out = await fittedOne(factors, query, [2, 2, 1, 2]);
  assert.deepEqual([...changeWeight(ones, out, 1).data], [2, 2, 2, 2, 4, 4, 4, 4]);
  const onInput = { [`${kohyaQuery}.on_input`]: { shape: [], values: [1] } };
  const into = await fittedOne({ ...factors, ...onInput }, query, [2, 2, 1, 2]);
  assert.deepEqual([...changeWeight(ones, into, 1).data], [2, 2, 4, 4, 2, 2, 4, 4]);
});

/** Its last shape is the weight's. */
const gloraOf = (shapes: readonly (readonly number[])[], values: readonly (readonly number[])[]) =>
  fittedOne(
    Object.fromEntries([
      ...['a1', 'a2', 'b1', 'b2'].map((name, i) => [
        `${kohyaQuery}.${name}.weight`,
        { shape: shapes[i], values: values[i] },
      ]),
      [`${kohyaQuery}.alpha`, { shape: [], values: [2] }],
    ]),
    query,
    shapes.at(-1) ?? [],
  );

test('GLoRA is read in either order of its factors, of which the later is scaled', async () => {
  const [a, b] = [
    [1, 0, 1, 1],
    [1, 2, 3, 1, 0],
  ];
  const ones = tensor([3, 2], new Float32Array(6).fill(1));
  const earlier = await gloraOf(
    [
      [1, 2],
      [2, 1],
      [1, 2],
      [3, 1],
      [3, 2],
    ],
    [a.slice(2), a.slice(0, 2), b.slice(3), b.slice(0, 3)],
  );
  assert.deepEqual([...changeWeight(ones, earlier, 1).data], [3, 2, 4, 2, 5, 2]);
  const later = await gloraOf(
    [
      [2, 1],
      [1, 2],
      [3, 1],
      [1, 2],
      [3, 2],
    ],
    [a.slice(0, 2), a.slice(2), b.slice(0, 3), b.slice(3)],
  );
  assert.deepEqual([...changeWeight(ones, later, 1).data], [5, 3, 7, 3, 9, 3]);

  const kernel = await gloraOf(
    [
      [1, 1],
      [1, 1],
      [2, 1],
      [1, 1, 1, 2],
      [2, 1, 1, 2],
    ],
    [[2], [1], [1, 1], [3, 4]],
  );
  const changed = changeWeight(tensor([2, 1, 1, 2], Float32Array.of(1, 2, 3, 4)), kernel, 0.5);
  assert.deepEqual([...changed.data], [6, 10, 12, 16]);
});

function columnLengths({ shape: [height, width], data }: Tensor): readonly number[] {
  return Array.from({ length: width }, (_, x) =>
    Math.hypot(...Array.from({ length: height }, (_unused, y) => data[y * width + x])),
  );
}

function rowLengths({ shape: [height, width], data }: Tensor): readonly number[] {
  return Array.from({ length: height }, (_, y) => Math.hypot(...data.subarray(y * width, (y + 1) * width)));
}
