import { controlPrefix } from './config.ts';

/** What a rule makes of a name, given how many residual blocks each level has. */
type Rule = readonly [pattern: RegExp, name: (match: readonly string[], blocks: number) => string];

/** A ControlNet's tensors as diffusers calls them, and what the original code calls them. */
const diffusersRules: readonly Rule[] = [
  [/^conv_in\.(.+)$/, ([, kind]) => `input_blocks.0.0.${kind}`],
  [/^time_embedding\.linear_([12])\.(.+)$/, ([, n, kind]) => `time_embed.${2 * Number(n) - 2}.${kind}`],
  [/^add_embedding\.linear_([12])\.(.+)$/, ([, n, kind]) => `label_emb.0.${2 * Number(n) - 2}.${kind}`],
  [
    /^down_blocks\.(\d+)\.resnets\.(\d+)\.(\w+)\.(.+)$/,
    ([, i, j, part, kind], blocks) =>
      `input_blocks.${at(i, Number(j), blocks)}.0.${residualPart(part)}.${kind}`,
  ],
  [
    /^down_blocks\.(\d+)\.attentions\.(\d+)\.(.+)$/,
    ([, i, j, rest], blocks) => `input_blocks.${at(i, Number(j), blocks)}.1.${rest}`,
  ],
  [
    /^down_blocks\.(\d+)\.downsamplers\.0\.conv\.(.+)$/,
    ([, i, kind], blocks) => `input_blocks.${at(i, blocks, blocks)}.0.op.${kind}`,
  ],
  [
    /^mid_block\.resnets\.(\d+)\.(\w+)\.(.+)$/,
    ([, j, part, kind]) => `middle_block.${2 * Number(j)}.${residualPart(part)}.${kind}`,
  ],
  [/^mid_block\.attentions\.0\.(.+)$/, ([, rest]) => `middle_block.1.${rest}`],
  [/^controlnet_cond_embedding\.conv_in\.(.+)$/, ([, kind]) => `input_hint_block.0.${kind}`],
  [
    /^controlnet_cond_embedding\.blocks\.(\d+)\.(.+)$/,
    ([, n, kind]) => `input_hint_block.${2 * Number(n) + 2}.${kind}`,
  ],
  [/^controlnet_cond_embedding\.conv_out\.(.+)$/, ([, kind]) => `input_hint_block.14.${kind}`],
  [/^controlnet_down_blocks\.(\d+)\.(.+)$/, ([, n, kind]) => `zero_convs.${n}.0.${kind}`],
  [/^controlnet_mid_block\.(.+)$/, ([, kind]) => `middle_block_out.0.${kind}`],
];

const residualParts: Readonly<Record<string, string>> = {
  norm1: 'in_layers.0',
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  norm2: 'out_layers.0',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
};

/**
 * The tensors of a ControlNet under the names that the models use, `control_model.*`, with those they have in the
 * file: the original code's, with or without that beginning, or diffusers'. Tensors of anything else are left out.
 */
export function controlNetNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...names];
  const prefix = `${controlPrefix}.`;
  const isOwn = all.some((name) => name.startsWith(prefix));
  if (isOwn) return new Map(all.filter((name) => name.startsWith(prefix)).map((name) => [name, name]));
  const isDiffusers = all.some((name) => name.startsWith('controlnet_cond_embedding.'));
  const blocks = all.filter((name) => /^down_blocks\.0\.resnets\.\d+\.norm1\.weight$/.test(name)).length;
  return new Map(
    all.flatMap((name) => {
      const original = isDiffusers ? originalName(name, blocks) : name;
      return original === undefined ? [] : [[`${prefix}${original}`, name]];
    }),
  );
}

function originalName(name: string, blocks: number): string | undefined {
  for (const [pattern, nameOf] of diffusersRules) {
    const match = pattern.exec(name);
    if (match !== null) return nameOf(match, blocks);
  }
  return undefined;
}

/** Each level has its blocks and a change of size; the first block of all is a single convolution. */
function at(level: string, place: number, blocks: number): number {
  return 1 + (blocks + 1) * Number(level) + place;
}

function residualPart(part: string): string {
  return residualParts[part] ?? part;
}
