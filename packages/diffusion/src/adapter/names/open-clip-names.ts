const inLayer: Readonly<Record<string, string>> = {
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  mlp_fc1: 'mlp_c_fc',
  mlp_fc2: 'mlp_c_proj',
  self_attn_q_proj: 'attn_q_proj',
  self_attn_k_proj: 'attn_k_proj',
  self_attn_v_proj: 'attn_v_proj',
  self_attn_out_proj: 'attn_out_proj',
};

/** What OpenCLIP calls a layer that transformers' CLIP calls `text_model_encoder_layers_N_...`. */
export function openClipName(layer: string): string {
  const [, number, part] = /^text_model_encoder_layers_(\d+)_(.+)$/.exec(layer) ?? [];
  if (number === undefined) return layer;
  return `transformer_resblocks_${number}_${inLayer[part] ?? part}`;
}

/** Queries, keys and values: which third of `in_proj_weight` each is. */
const thirds: readonly string[] = ['q_proj', 'k_proj', 'v_proj'];

/** Where a layer lies inside the one weight for queries, keys and values; undefined for all other layers. */
export function fusedPlace(name: string): { readonly weight: string; readonly third: number } | undefined {
  const [, block, part] = /^(transformer_resblocks_\d+_attn)_([qkv]_proj)$/.exec(name) ?? [];
  return block === undefined ? undefined : { weight: `${block}_in_proj`, third: thirds.indexOf(part) };
}

/**
 * The names without the attentions that are not whole: A1111 changes queries, keys, values and output together, or
 * none of them.
 */
export function wholeAttentions(names: ReadonlySet<string>): (name: string) => boolean {
  return (name) => {
    const [, block] = /^(transformer_resblocks_\d+_attn)_(?:[qkv]|out)_proj$/.exec(name) ?? [];
    return block === undefined || [...thirds, 'out_proj'].every((part) => names.has(`${block}_${part}`));
  };
}
