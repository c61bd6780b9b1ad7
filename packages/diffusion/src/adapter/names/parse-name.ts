/** Which network of a model a layer belongs to; SDXL has two text encoders. */
export type Part = 'unet' | 'te' | 'te1' | 'te2';

/** A tensor's name in an adapter, taken apart. */
export type AdapterName = {
  readonly part: Part;
  /** The layer in its network, with underscores for dots: "down_blocks_0_attentions_0_proj_in". */
  readonly layer: string;
  /** What the tensor is to the layer, in kohya's words: "lora_up.weight", "alpha". */
  readonly end: string;
};

const dottedParts: Readonly<Record<string, Part>> = {
  unet: 'unet',
  text_encoder: 'te',
  text_encoder_2: 'te2',
};

/** How diffusers and PEFT end a name, as kohya ends it. Full weights end alike in a model, so `weight` is not here. */
const dottedEnds: readonly (readonly [pattern: RegExp, end: (match: readonly string[]) => string])[] = [
  [/[._]lora(?:_linear_layer)?\.(up|down)\.weight$/, ([, side]) => `lora_${side}.weight`],
  [/\.lora_A(?:\.default)?\.weight$/, () => 'lora_down.weight'],
  [/\.lora_B(?:\.default)?\.weight$/, () => 'lora_up.weight'],
  [/\.lora_magnitude_vector(?:\.default)?(?:\.weight)?$/, () => 'lora_magnitude_vector'],
  [
    /\.(lora_(?:up|down|mid)\.weight|hada_\w+|lokr_\w+|oft_blocks|oft_diag|diff|diff_b|w_norm|b_norm|[ab][12]\.weight|alpha|dora_scale|rescale|scale)$/,
    ([, end]) => end,
  ],
];

/**
 * Takes a name apart that kohya's scripts (`lora_unet_...`, whatever the layers are called) or diffusers
 * (`unet.down_blocks.0...`) have given.
 * @returns undefined for names that belong to no layer.
 */
export function parseName(name: string): AdapterName | undefined {
  const kohya = /^(?:lora|oft|lycoris)_(unet|te1|te2|te)_([^.]+)\.(.+)$/.exec(name);
  if (kohya !== null) {
    const [, part, layer, end] = kohya;
    const [pattern, plainEnd] = dottedEnds.find(([one]) => one.test(`.${end}`)) ?? [];
    return {
      part: part as Part,
      layer,
      end: pattern && plainEnd ? plainEnd(pattern.exec(`.${end}`) ?? []) : end,
    };
  }
  const dotted = /^(?:base_model\.model\.)?(unet|text_encoder_2|text_encoder)\.(.+)$/.exec(name);
  // The first adapters of diffusers were of the UNet alone, and did not say so.
  const [, part, rest] = dotted ?? [
    name,
    ...(/^(?:down_blocks|mid_block|up_blocks)\./.test(name) ? ['unet', name] : []),
  ];
  if (part === undefined) return undefined;
  for (const [pattern, endOf] of dottedEnds) {
    const match = pattern.exec(rest);
    if (match === null) continue;
    const own = rest.slice(0, match.index).replace('.processor', '').replaceAll('.', '_');
    // What transformers has left out since its version 5.
    const isShort = part !== 'unet' && /^(?:embeddings|encoder|final_layer_norm)_/.test(own);
    return { part: dottedParts[part], layer: isShort ? `text_model_${own}` : own, end: endOf(match) };
  }
  return undefined;
}
