/**
 * The layers of a UNet as diffusers calls them, turned into what the original code calls them; underscores for dots.
 * The same for SD 1, SD 2 and SDXL: what differs is which layers there are.
 */
const rules: readonly (readonly [pattern: RegExp, names: (match: readonly string[]) => readonly string[]])[] =
  [
    [/^conv_in$/, () => ['input_blocks_0_0']],
    [/^conv_norm_out$/, () => ['out_0']],
    [/^conv_out$/, () => ['out_2']],
    [/^time_embedding_linear_([12])$/, ([, n]) => [`time_embed_${2 * Number(n) - 2}`]],
    [/^add_embedding_linear_([12])$/, ([, n]) => [`label_emb_0_${2 * Number(n) - 2}`]],
    [
      /^down_blocks_(\d+)_resnets_(\d+)_(.+)$/,
      ([, i, j, rest]) => [`input_blocks_${1 + at(i, j)}_0_${inner(rest)}`],
    ],
    [
      /^down_blocks_(\d+)_attentions_(\d+)_(.+)$/,
      ([, i, j, rest]) => [`input_blocks_${1 + at(i, j)}_1_${rest}`],
    ],
    [/^down_blocks_(\d+)_downsamplers_0_conv$/, ([, i]) => [`input_blocks_${3 + at(i, '0')}_0_op`]],
    [/^mid_block_resnets_(\d+)_(.+)$/, ([, j, rest]) => [`middle_block_${2 * Number(j)}_${inner(rest)}`]],
    [/^mid_block_attentions_0_(.+)$/, ([, rest]) => [`middle_block_1_${rest}`]],
    [
      /^up_blocks_(\d+)_resnets_(\d+)_(.+)$/,
      ([, i, j, rest]) => [`output_blocks_${at(i, j)}_0_${inner(rest)}`],
    ],
    [/^up_blocks_(\d+)_attentions_(\d+)_(.+)$/, ([, i, j, rest]) => [`output_blocks_${at(i, j)}_1_${rest}`]],
    // Behind an attention, where the level has one.
    [
      /^up_blocks_(\d+)_upsamplers_0_conv$/,
      ([, i]) => [2, 1].map((place) => `output_blocks_${2 + at(i, '0')}_${place}_conv`),
    ],
  ];

const residualParts: Readonly<Record<string, string>> = {
  norm1: 'in_layers_0',
  conv1: 'in_layers_2',
  time_emb_proj: 'emb_layers_1',
  norm2: 'out_layers_0',
  conv2: 'out_layers_3',
  conv_shortcut: 'skip_connection',
};

/** What the original code may call a layer of the UNet, the likeliest first; its own names stay as they are. */
export function unetNames(layer: string): readonly string[] {
  for (const [pattern, names] of rules) {
    const match = pattern.exec(layer);
    if (match !== null) return names(match);
  }
  return [layer];
}

/** Every level has three places: two residual blocks and a change of size on the way down, three blocks up. */
function at(level: string, place: string): number {
  return 3 * Number(level) + Number(place);
}

function inner(part: string): string {
  return residualParts[part] ?? part;
}
