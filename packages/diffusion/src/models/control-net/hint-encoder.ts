import { graphOf, input, silu, symbol } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution } from '../layers.ts';
import { controlPrefix } from './config.ts';
import type { ControlNetConfig } from './config.ts';

/**
 * What a ControlNet makes of its picture before it looks at anything else, once for all steps
 * (Zhang et al. 2023, section 3.2): convolutions down to the size of the latents.
 *
 * Input: `hint` [1, hintChannels, height, width], 0 to 1, sides multiples of 8. Output: `guide`
 * [1, channels, height / 8, width / 8].
 */
export function hintEncoder({ unet, hintChannels, hintWidths }: ControlNetConfig): Graph {
  const hint = input('hint', 'f32', [1, hintChannels, symbol('height'), symbol('width')]);
  // From the third on, every other convolution halves the picture.
  const h = hintWidths.reduce<Value>((before, width, layer) => {
    const halves = layer >= 2 && layer % 2 === 0;
    return silu(convolution(nameOf(layer), before, width, { stride: halves ? 2 : 1 }));
  }, hint);
  return graphOf({ guide: convolution(nameOf(hintWidths.length), h, unet.channels) });
}

/** Activations have numbers too, but no weights. */
function nameOf(layer: number): string {
  return `${controlPrefix}.input_hint_block.${2 * layer}`;
}
