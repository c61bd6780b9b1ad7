/** Tensor sizes that tell one SD 1 network from another; the real ones are in `sd15`. */
export type Sd1Sizes = {
  readonly text: { readonly vocabulary: number; readonly width: number; readonly layers: number };
  readonly unet: {
    readonly inChannels: number;
    readonly channels: number;
    readonly multipliers: readonly number[];
    readonly resBlocks: number;
    /** How many levels, from the finest, have attention. */
    readonly attentionLevels: number;
  };
  readonly vae: {
    readonly channels: number;
    readonly multipliers: readonly number[];
    readonly resBlocks: number;
  };
};

/** The sizes of Stable Diffusion 1.5. */
export const sd15: Sd1Sizes = {
  text: { vocabulary: 49408, width: 768, layers: 12 },
  unet: { inChannels: 4, channels: 320, multipliers: [1, 2, 4, 4], resBlocks: 2, attentionLevels: 3 },
  vae: { channels: 128, multipliers: [1, 2, 4, 4], resBlocks: 2 },
};

/** Tensor names to shapes. */
export type Layout = ReadonlyMap<string, readonly number[]>;

/**
 * The tensors of a checkpoint in the layout of CompVis' latent-diffusion, written down apart from the engine's
 * own models, so that the two check each other.
 */
export function sd1Layout(sizes: Sd1Sizes): Layout {
  const shapes = new Map<string, readonly number[]>();
  textEncoder(shapes, 'cond_stage_model.transformer.text_model', sizes.text);
  unet(shapes, 'model.diffusion_model', sizes.unet, sizes.text.width);
  autoencoder(shapes, 'first_stage_model', sizes.vae);
  return shapes;
}

type Shapes = Map<string, readonly number[]>;

function layer(shapes: Shapes, name: string, weight: readonly number[], bias = true): void {
  shapes.set(`${name}.weight`, weight);
  if (bias) shapes.set(`${name}.bias`, [weight[0]]);
}

function textEncoder(shapes: Shapes, p: string, { vocabulary, width, layers }: Sd1Sizes['text']): void {
  shapes.set(`${p}.embeddings.token_embedding.weight`, [vocabulary, width]);
  shapes.set(`${p}.embeddings.position_embedding.weight`, [77, width]);
  for (let i = 0; i < layers; i++) {
    const block = `${p}.encoder.layers.${i}`;
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      layer(shapes, `${block}.self_attn.${name}`, [width, width]);
    }
    layer(shapes, `${block}.layer_norm1`, [width]);
    layer(shapes, `${block}.layer_norm2`, [width]);
    layer(shapes, `${block}.mlp.fc1`, [4 * width, width]);
    layer(shapes, `${block}.mlp.fc2`, [width, 4 * width]);
  }
  layer(shapes, `${p}.final_layer_norm`, [width]);
}

function unet(shapes: Shapes, p: string, sizes: Sd1Sizes['unet'], contextWidth: number): void {
  const { inChannels, channels: base, multipliers, resBlocks, attentionLevels } = sizes;
  const time = 4 * base;
  layer(shapes, `${p}.time_embed.0`, [time, base]);
  layer(shapes, `${p}.time_embed.2`, [time, time]);
  layer(shapes, `${p}.input_blocks.0.0`, [base, inChannels, 3, 3]);

  const skips = [base];
  let channels = base;
  let index = 1;
  multipliers.forEach((multiplier, level) => {
    for (let i = 0; i < resBlocks; i++, index++) {
      unetRes(shapes, `${p}.input_blocks.${index}.0`, channels, multiplier * base, time);
      channels = multiplier * base;
      if (level < attentionLevels)
        transformer(shapes, `${p}.input_blocks.${index}.1`, channels, contextWidth);
      skips.push(channels);
    }
    if (level < multipliers.length - 1) {
      layer(shapes, `${p}.input_blocks.${index++}.0.op`, [channels, channels, 3, 3]);
      skips.push(channels);
    }
  });

  unetRes(shapes, `${p}.middle_block.0`, channels, channels, time);
  transformer(shapes, `${p}.middle_block.1`, channels, contextWidth);
  unetRes(shapes, `${p}.middle_block.2`, channels, channels, time);

  index = 0;
  for (let level = multipliers.length - 1; level >= 0; level--) {
    for (let i = 0; i <= resBlocks; i++, index++) {
      const block = `${p}.output_blocks.${index}`;
      unetRes(shapes, `${block}.0`, channels + (skips.pop() ?? 0), multipliers[level] * base, time);
      channels = multipliers[level] * base;
      const attention = level < attentionLevels;
      if (attention) transformer(shapes, `${block}.1`, channels, contextWidth);
      if (level > 0 && i === resBlocks) {
        layer(shapes, `${block}.${attention ? 2 : 1}.conv`, [channels, channels, 3, 3]);
      }
    }
  }
  layer(shapes, `${p}.out.0`, [base]);
  layer(shapes, `${p}.out.2`, [4, base, 3, 3]);
}

function unetRes(shapes: Shapes, p: string, from: number, to: number, time: number): void {
  layer(shapes, `${p}.in_layers.0`, [from]);
  layer(shapes, `${p}.in_layers.2`, [to, from, 3, 3]);
  layer(shapes, `${p}.emb_layers.1`, [to, time]);
  layer(shapes, `${p}.out_layers.0`, [to]);
  layer(shapes, `${p}.out_layers.3`, [to, to, 3, 3]);
  if (from !== to) layer(shapes, `${p}.skip_connection`, [to, from, 1, 1]);
}

function transformer(shapes: Shapes, p: string, width: number, contextWidth: number): void {
  layer(shapes, `${p}.norm`, [width]);
  layer(shapes, `${p}.proj_in`, [width, width, 1, 1]);
  const block = `${p}.transformer_blocks.0`;
  for (const [name, source] of [
    ['attn1', width],
    ['attn2', contextWidth],
  ] as const) {
    layer(shapes, `${block}.${name}.to_q`, [width, width], false);
    layer(shapes, `${block}.${name}.to_k`, [width, source], false);
    layer(shapes, `${block}.${name}.to_v`, [width, source], false);
    layer(shapes, `${block}.${name}.to_out.0`, [width, width]);
  }
  for (const norm of ['norm1', 'norm2', 'norm3']) layer(shapes, `${block}.${norm}`, [width]);
  layer(shapes, `${block}.ff.net.0.proj`, [8 * width, width]);
  layer(shapes, `${block}.ff.net.2`, [width, 4 * width]);
  layer(shapes, `${p}.proj_out`, [width, width, 1, 1]);
}

function autoencoder(
  shapes: Shapes,
  p: string,
  { channels: base, multipliers, resBlocks }: Sd1Sizes['vae'],
): void {
  const top = multipliers.length - 1;
  const widest = multipliers[top] * base;

  layer(shapes, `${p}.encoder.conv_in`, [base, 3, 3, 3]);
  let channels = base;
  multipliers.forEach((multiplier, level) => {
    for (let i = 0; i < resBlocks; i++) {
      vaeRes(shapes, `${p}.encoder.down.${level}.block.${i}`, channels, multiplier * base);
      channels = multiplier * base;
    }
    if (level < top) layer(shapes, `${p}.encoder.down.${level}.downsample.conv`, [channels, channels, 3, 3]);
  });
  vaeMiddle(shapes, `${p}.encoder.mid`, widest);
  layer(shapes, `${p}.encoder.norm_out`, [widest]);
  layer(shapes, `${p}.encoder.conv_out`, [8, widest, 3, 3]);
  layer(shapes, `${p}.quant_conv`, [8, 8, 1, 1]);

  layer(shapes, `${p}.post_quant_conv`, [4, 4, 1, 1]);
  layer(shapes, `${p}.decoder.conv_in`, [widest, 4, 3, 3]);
  vaeMiddle(shapes, `${p}.decoder.mid`, widest);
  channels = widest;
  for (let level = top; level >= 0; level--) {
    for (let i = 0; i <= resBlocks; i++) {
      vaeRes(shapes, `${p}.decoder.up.${level}.block.${i}`, channels, multipliers[level] * base);
      channels = multipliers[level] * base;
    }
    if (level > 0) layer(shapes, `${p}.decoder.up.${level}.upsample.conv`, [channels, channels, 3, 3]);
  }
  layer(shapes, `${p}.decoder.norm_out`, [base * multipliers[0]]);
  layer(shapes, `${p}.decoder.conv_out`, [3, base * multipliers[0], 3, 3]);
}

function vaeRes(shapes: Shapes, p: string, from: number, to: number): void {
  layer(shapes, `${p}.norm1`, [from]);
  layer(shapes, `${p}.conv1`, [to, from, 3, 3]);
  layer(shapes, `${p}.norm2`, [to]);
  layer(shapes, `${p}.conv2`, [to, to, 3, 3]);
  if (from !== to) layer(shapes, `${p}.nin_shortcut`, [to, from, 1, 1]);
}

function vaeMiddle(shapes: Shapes, p: string, channels: number): void {
  vaeRes(shapes, `${p}.block_1`, channels, channels);
  layer(shapes, `${p}.attn_1.norm`, [channels]);
  for (const name of ['q', 'k', 'v', 'proj_out'])
    layer(shapes, `${p}.attn_1.${name}`, [channels, channels, 1, 1]);
  vaeRes(shapes, `${p}.block_2`, channels, channels);
}
