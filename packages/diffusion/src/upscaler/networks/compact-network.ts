import { add, graphOf, input, parametricRelu, pixelShuffle, repeated, symbol, weight } from '@bottega/graph';
import { convolution } from '../../models/layers.ts';
import { extentOf } from '../../models/shapes.ts';
import type { Shapes } from '../../models/shapes.ts';
import type { UpscalerNetwork } from './network.ts';

/**
 * Real-ESRGAN's compact network (SRVGGNetCompact: realesr-general, realesr-animevideo): convolutions and rectifiers
 * in a row, whose last makes pixels of channels, added to the picture enlarged by repetition.
 */
export function compactNetwork(shapes: Shapes): UpscalerNetwork | undefined {
  const width = extentOf(shapes, 'body.0.weight', 0);
  if (width === 0 || extentOf(shapes, 'body.1.weight', 0) !== width) return undefined;
  const taken = extentOf(shapes, 'body.0.weight', 1);
  const numbers = [...shapes.keys()].flatMap((name) => /^body\.(\d+)\.weight$/.exec(name)?.[1] ?? []);
  const last = Math.max(...numbers.map(Number));
  const parts = extentOf(shapes, `body.${last}.weight`, 0);
  const scale = Math.sqrt(parts / 3);
  if (taken !== 3 || !Number.isInteger(scale)) {
    throw new RangeError(`it takes ${taken} and gives ${parts} channels, which make no picture of 3`);
  }

  const pixels = input('pixels', 'f32', [symbol('batch'), 3, symbol('height'), symbol('width')]);
  let h = convolution('body.0', pixels, width);
  for (let layer = 1; layer < last; layer += 2) {
    if (layer > 1) h = convolution(`body.${layer - 1}`, h, width);
    h = parametricRelu(h, weight(`body.${layer}.weight`, [width, 1, 1], [width]));
  }
  h = convolution(`body.${last}`, h, parts);
  return {
    title: `ESRGAN compact, ${last / 2 - 1} layers of ${width} channels`,
    scale,
    packing: 1,
    margin: 0,
    graph: graphOf({
      enlarged: scale === 1 ? add(h, pixels) : add(pixelShuffle(h, scale), repeated(pixels, scale)),
    }),
  };
}
