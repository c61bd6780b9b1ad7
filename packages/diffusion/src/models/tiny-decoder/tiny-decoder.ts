import { add, convolve, doubled, floats, graphOf, input, relu, symbol, weight } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { convolution, widthOf } from '../layers.ts';
import { extentOf } from '../shapes.ts';
import type { Shapes } from '../shapes.ts';

/** The sizes of a TAESD decoder. */
export type TinyDecoderConfig = { readonly channels: number; readonly latentChannels: number };

/** The tensors that its sizes are derived from, with their numbers of axes. */
export const tinyDecoderAnchors: Readonly<Record<string, number>> = { '1.weight': 4 };

export function tinyDecoderConfigOf(shapes: Shapes): TinyDecoderConfig {
  return { channels: extentOf(shapes, '1.weight', 0), latentChannels: extentOf(shapes, '1.weight', 1) };
}

/**
 * TAESD's decoder (Ollin Boer Bohan, 2023): a distilled VAE decoder, quick enough for previews.
 *
 * Input: `latents` [batch, latentChannels, height, width] as the sampler knows them, through 3 tanh(x / 3).
 * Output: `pixels` [batch, 3, 8 height, 8 width] in 0..1. Its layers have the numbers that they have in the original.
 */
export function tinyDecoder({ channels, latentChannels }: TinyDecoderConfig): Graph {
  const latents = input('latents', 'f32', [
    symbol('batch'),
    latentChannels,
    symbol('height'),
    symbol('width'),
  ]);
  const noBias = floats(Array<number>(channels).fill(0), [channels]);
  let h = relu(convolution('1', latents, channels));
  for (const first of [3, 8, 13]) {
    for (let i = 0; i < 3; i++) h = block(`${first + i}`, h);
    const kernel = weight(`${first + 4}.weight`, [channels, channels, 3, 3]);
    h = convolve(doubled(h), kernel, noBias);
  }
  return graphOf({ pixels: convolution('19', block('18', h), 3) });
}

function block(name: string, x: Value): Value {
  const width = widthOf(x, 1);
  const first = relu(convolution(`${name}.conv.0`, x, width));
  const second = relu(convolution(`${name}.conv.2`, first, width));
  return relu(add(convolution(`${name}.conv.4`, second, width), x));
}
