import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlNetNames } from './names.ts';

/** Tensors of published ControlNets in diffusers' layout (two residual blocks a level) and in the original's. */
const pairs: Readonly<Record<string, string>> = {
  'conv_in.weight': 'input_blocks.0.0.weight',
  'time_embedding.linear_1.bias': 'time_embed.0.bias',
  'time_embedding.linear_2.weight': 'time_embed.2.weight',
  'add_embedding.linear_2.weight': 'label_emb.0.2.weight',
  'down_blocks.0.resnets.0.norm1.weight': 'input_blocks.1.0.in_layers.0.weight',
  'down_blocks.0.resnets.1.norm1.weight': 'input_blocks.2.0.in_layers.0.weight',
  'down_blocks.0.downsamplers.0.conv.weight': 'input_blocks.3.0.op.weight',
  'down_blocks.1.resnets.0.conv_shortcut.weight': 'input_blocks.4.0.skip_connection.weight',
  'down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_out.0.bias':
    'input_blocks.5.1.transformer_blocks.0.attn2.to_out.0.bias',
  'down_blocks.2.downsamplers.0.conv.bias': 'input_blocks.9.0.op.bias',
  'down_blocks.3.resnets.1.time_emb_proj.bias': 'input_blocks.11.0.emb_layers.1.bias',
  'mid_block.resnets.1.conv2.weight': 'middle_block.2.out_layers.3.weight',
  'mid_block.attentions.0.proj_in.weight': 'middle_block.1.proj_in.weight',
  'controlnet_cond_embedding.conv_in.weight': 'input_hint_block.0.weight',
  'controlnet_cond_embedding.blocks.0.weight': 'input_hint_block.2.weight',
  'controlnet_cond_embedding.blocks.5.bias': 'input_hint_block.12.bias',
  'controlnet_cond_embedding.conv_out.weight': 'input_hint_block.14.weight',
  'controlnet_down_blocks.11.bias': 'zero_convs.11.0.bias',
  'controlnet_mid_block.weight': 'middle_block_out.0.weight',
};

test('diffusers’ names become the original’s', () => {
  assert.deepEqual(
    Object.fromEntries([...controlNetNames(Object.keys(pairs))].map(([own, theirs]) => [theirs, own])),
    Object.fromEntries(Object.entries(pairs).map(([theirs, own]) => [theirs, `control_model.${own}`])),
  );
});

test('plain names get the usual beginning', () => {
  assert.deepEqual(
    [...controlNetNames(['input_hint_block.0.weight'])],
    [['control_model.input_hint_block.0.weight', 'input_hint_block.0.weight']],
  );
});

test('of a whole model only the ControlNet counts', () => {
  const names = ['control_model.zero_convs.0.0.weight', 'model.diffusion_model.out.2.weight'];
  assert.deepEqual([...controlNetNames(names)], [[names[0], names[0]]]);
});
