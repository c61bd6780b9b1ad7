/**
 * What diffusers calls the tensors of a model, turned into what the original programs call them. The first rule that
 * fits decides; what none fits is left out.
 */
export type Rule = readonly [pattern: RegExp, name: (match: readonly string[], all: Names) => string];

/** All tensors of a part, by name. */
export type Names = Pick<ReadonlySet<string>, 'has'>;

/** The original name of a tensor, or undefined where the original has none such. */
export function renamed(name: string, rules: readonly Rule[], all: Names): string | undefined {
  for (const [pattern, to] of rules) {
    const match = pattern.exec(name);
    if (match !== null) return to(match, all);
  }
  return undefined;
}

const inner = (part: string, parts: Readonly<Record<string, string>>): string => {
  const [, layer, end] = /^(.+?)(\.(?:weight|bias))$/.exec(part) ?? [];
  return layer === undefined ? part : (parts[layer] ?? layer) + end;
};

const residual = {
  norm1: 'in_layers.0',
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  norm2: 'out_layers.0',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
};

/** Every level has three places: two residual blocks and a change of size on the way down, three blocks up. */
const at = (level: string, place: string | number): number => 3 * Number(level) + Number(place);

/** The UNet of SD 1, SD 2 and SDXL. */
export const unetRules: readonly Rule[] = [
  [/^conv_in\.(.+)$/, ([, end]) => `input_blocks.0.0.${end}`],
  [/^conv_norm_out\.(.+)$/, ([, end]) => `out.0.${end}`],
  [/^conv_out\.(.+)$/, ([, end]) => `out.2.${end}`],
  [/^time_embedding\.linear_([12])\.(.+)$/, ([, n, end]) => `time_embed.${2 * Number(n) - 2}.${end}`],
  [/^add_embedding\.linear_([12])\.(.+)$/, ([, n, end]) => `label_emb.0.${2 * Number(n) - 2}.${end}`],
  [
    /^down_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/,
    ([, i, j, rest]) => `input_blocks.${1 + at(i, j)}.0.${inner(rest, residual)}`,
  ],
  [
    /^down_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/,
    ([, i, j, rest]) => `input_blocks.${1 + at(i, j)}.1.${rest}`,
  ],
  [
    /^down_blocks\.(\d+)\.downsamplers\.0\.conv\.(.+)$/,
    ([, i, end]) => `input_blocks.${3 + at(i, 0)}.0.op.${end}`,
  ],
  [
    /^mid_block\.resnets\.(\d+)\.(.+)$/,
    ([, j, rest]) => `middle_block.${2 * Number(j)}.${inner(rest, residual)}`,
  ],
  [/^mid_block\.attentions\.0\.(.+)$/, ([, rest]) => `middle_block.1.${rest}`],
  [
    /^up_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/,
    ([, i, j, rest]) => `output_blocks.${at(i, j)}.0.${inner(rest, residual)}`,
  ],
  [/^up_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/, ([, i, j, rest]) => `output_blocks.${at(i, j)}.1.${rest}`],
  // Behind an attention, where the level has one.
  [
    /^up_blocks\.(\d+)\.upsamplers\.0\.conv\.(.+)$/,
    ([, i, end], all) =>
      `output_blocks.${2 + at(i, 0)}.${all.has(`up_blocks.${i}.attentions.0.norm.weight`) ? 2 : 1}.conv.${end}`,
  ],
];

const shortcut = { conv_shortcut: 'nin_shortcut' };

/** Newer and older names. */
const attention = {
  group_norm: 'norm',
  to_q: 'q',
  query: 'q',
  to_k: 'k',
  key: 'k',
  to_v: 'v',
  value: 'v',
  'to_out.0': 'proj_out',
  proj_attn: 'proj_out',
};

/** diffusers counts the decoder's levels from the coarsest, the original from the finest. */
const levelFromBelow = (level: string, all: Names): number => {
  let levels = 0;
  while (all.has(`decoder.up_blocks.${levels}.resnets.0.conv1.weight`)) levels++;
  return levels - 1 - Number(level);
};

export const vaeRules: readonly Rule[] = [
  [/^((?:post_)?quant_conv\..+)$/, ([, rest]) => rest],
  [/^(encoder|decoder)\.conv_norm_out\.(.+)$/, ([, side, end]) => `${side}.norm_out.${end}`],
  [/^((?:encoder|decoder)\.conv_(?:in|out)\..+)$/, ([, rest]) => rest],
  [
    /^encoder\.down_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/,
    ([, i, j, rest]) => `encoder.down.${i}.block.${j}.${inner(rest, shortcut)}`,
  ],
  [
    /^encoder\.down_blocks\.(\d+)\.downsamplers\.0\.(conv\..+)$/,
    ([, i, rest]) => `encoder.down.${i}.downsample.${rest}`,
  ],
  [
    /^decoder\.up_blocks\.(\d+)\.resnets\.(\d+)\.(.+)$/,
    ([, i, j, rest], all) => `decoder.up.${levelFromBelow(i, all)}.block.${j}.${inner(rest, shortcut)}`,
  ],
  [
    /^decoder\.up_blocks\.(\d+)\.upsamplers\.0\.(conv\..+)$/,
    ([, i, rest], all) => `decoder.up.${levelFromBelow(i, all)}.upsample.${rest}`,
  ],
  [
    /^(encoder|decoder)\.mid_block\.resnets\.(\d+)\.(.+)$/,
    ([, side, j, rest]) => `${side}.mid.block_${Number(j) + 1}.${rest}`,
  ],
  [
    /^(encoder|decoder)\.mid_block\.attentions\.0\.(.+)$/,
    ([, side, rest]) => `${side}.mid.attn_1.${inner(rest, attention)}`,
  ],
];

/** CLIP-L is called the same in both, but that transformers leaves out `text_model.` since its version 5. */
export const clipRules: readonly Rule[] = [
  [/^(?:text_model\.)?((?:embeddings|encoder|final_layer_norm)\..+)$/, ([, rest]) => `text_model.${rest}`],
];

const transformer = {
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
  'self_attn.q_proj': 'attn.q_proj',
  'self_attn.k_proj': 'attn.k_proj',
  'self_attn.v_proj': 'attn.v_proj',
  'self_attn.out_proj': 'attn.out_proj',
};

/** OpenCLIP as transformers has it: queries, keys and values apart, the projection the other way round. */
export const openClipRules: readonly Rule[] = [
  [/^(?:text_model\.)?embeddings\.token_embedding\.weight$/, () => 'token_embedding.weight'],
  [/^(?:text_model\.)?embeddings\.position_embedding\.weight$/, () => 'positional_embedding'],
  [
    /^(?:text_model\.)?encoder\.layers\.(\d+)\.(.+)$/,
    ([, n, rest]) => `transformer.resblocks.${n}.${inner(rest, transformer)}`,
  ],
  [/^(?:text_model\.)?final_layer_norm\.(.+)$/, ([, end]) => `ln_final.${end}`],
  [/^(text_projection\.weight)$/, ([, rest]) => rest],
];
