import { doubled, graphOf, input, symbol } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import { convolution } from '../layers.ts';
import { activated, middle, residualBlock } from './blocks.ts';
import type { VaeConfig } from './config.ts';

/**
 * From latents to pixels (Rombach et al. 2021, after Esser et al. 2020).
 *
 * Input: `latents` [batch, latentChannels, height, width], divided by the model's scale factor.
 * Output: `pixels` [batch, 3, factor * height, factor * width], about -1 to 1.
 */
export function vaeDecoder({ prefix, levels, ...config }: VaeConfig): Graph {
  const latents = input('latents', 'f32', [
    symbol('batch'),
    config.latentChannels,
    symbol('height'),
    symbol('width'),
  ]);
  let h = convolution(`${prefix}post_quant_conv`, latents, config.innerChannels, { kernel: 1 });
  h = convolution(`${prefix}decoder.conv_in`, h, levels[levels.length - 1].channels);
  h = middle(`${prefix}decoder.mid`, h);
  for (let level = levels.length - 1; level >= 0; level--) {
    const { channels, residualBlocks } = levels[level];
    const name = `${prefix}decoder.up.${level}`;
    for (let i = 0; i <= residualBlocks; i++) h = residualBlock(`${name}.block.${i}`, h, channels);
    if (level > 0) h = convolution(`${name}.upsample.conv`, doubled(h), channels);
  }
  h = activated(`${prefix}decoder.norm_out`, h);
  return graphOf({ pixels: convolution(`${prefix}decoder.conv_out`, h, config.pictureChannels) });
}
