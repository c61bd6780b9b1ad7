import { graphOf, input, symbol } from '@bottega/graph';
import type { Graph } from '@bottega/graph';
import { convolution } from '../layers.ts';
import { activated, middle, residualBlock } from './blocks.ts';
import type { VaeConfig } from './config.ts';

/**
 * From pixels to the latents' distribution (Rombach et al. 2021, after Esser et al. 2020).
 *
 * Input: `pixels` [batch, 3, height, width], -1 to 1, sides multiples of the factor. Output: `moments`
 * [batch, 2 * latentChannels, height / factor, width / factor]: means, then logarithms of variances, unclamped.
 */
export function vaeEncoder({ prefix, levels, ...config }: VaeConfig): Graph {
  const pixels = input('pixels', 'f32', [
    symbol('batch'),
    config.pictureChannels,
    symbol('height'),
    symbol('width'),
  ]);
  let h = convolution(`${prefix}encoder.conv_in`, pixels, levels[0].channels);
  levels.forEach(({ channels, residualBlocks }, level) => {
    const name = `${prefix}encoder.down.${level}`;
    for (let i = 0; i < residualBlocks; i++) h = residualBlock(`${name}.block.${i}`, h, channels);
    if (level < levels.length - 1) {
      h = convolution(`${name}.downsample.conv`, h, channels, { stride: 2, padding: 'after' });
    }
  });
  h = activated(`${prefix}encoder.norm_out`, middle(`${prefix}encoder.mid`, h));
  h = convolution(`${prefix}encoder.conv_out`, h, 2 * config.innerChannels);
  return graphOf({
    moments: convolution(`${prefix}quant_conv`, h, 2 * config.latentChannels, { kernel: 1 }),
  });
}
