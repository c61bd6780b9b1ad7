import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sd15, sd1Layout } from '@bottega/testing';
import { kindOf } from './kinds.ts';
import type { Kind } from './kinds.ts';

const unet = 'model.diffusion_model.input_blocks.0.0.weight';
const shapes = (...names: readonly string[]): ReadonlyMap<string, readonly number[]> =>
  new Map(names.map((name) => [name, name === unet ? [320, 4, 3, 3] : [1]]));

const kinds: Readonly<Record<string, ReadonlyMap<string, readonly number[]>>> = {
  sd1: sd1Layout(sd15),
  sd2: shapes(unet, 'cond_stage_model.model.token_embedding.weight'),
  sdxl: shapes(
    unet,
    'conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight',
    'conditioner.embedders.1.model.token_embedding.weight',
  ),
  'sdxl-refiner': shapes(unet, 'conditioner.embedders.0.model.token_embedding.weight'),
  unet: shapes(unet),
  vae: shapes('decoder.conv_in.weight', 'encoder.conv_in.weight'),
  lora: shapes('lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight'),
  controlnet: shapes('control_model.input_hint_block.0.weight', unet),
  flux: shapes('double_blocks.0.img_attn.qkv.weight'),
  sd3: shapes('model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight'),
  diffusers: shapes('down_blocks.0.resnets.0.conv1.weight'),
  embedding: shapes('emb_params'),
  upscaler: shapes('model.0.weight', 'model.1.sub.0.RDB1.conv1.0.weight'),
  unknown: shapes('a', 'b'),
};

for (const [architecture, tensors] of Object.entries(kinds)) {
  test(`${architecture} is told by its tensors`, () => {
    const kind = kindOf(tensors);
    assert.equal(kind.architecture, architecture);
    assert.equal(kind.supported, ['sd1', 'sd2', 'sdxl', 'sdxl-refiner'].includes(architecture));
  });
}

test('variants of an architecture are told by the channels of their input', () => {
  assert.deepEqual(withChannels(9), {
    architecture: 'sd1',
    title: 'Stable Diffusion 1 inpainting',
    supported: true,
  });
  assert.match(withChannels(8).title, /InstructPix2Pix/);
  assert.equal(withChannels(5).supported, false);
});

function withChannels(inChannels: number): Kind {
  return kindOf(sd1Layout({ ...sd15, unet: { ...sd15.unet, inChannels } }));
}
