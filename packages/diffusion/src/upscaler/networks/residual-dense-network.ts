import {
  add,
  concat,
  convolve,
  graphOf,
  input,
  relu,
  repeated,
  symbol,
  transpose,
  weight,
} from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { extentOf } from '../../models/shapes.ts';
import type { Shapes } from '../../models/shapes.ts';
import type { UpscalerNetwork } from './network.ts';

/**
 * A picture enlarged. Zhang et al., "Residual dense network for image super-resolution" (2018), in the form of the
 * `rdn` models of UpscalerJS: blocks of one dense layer each, enlarged by repetition of pixels. Kernels lie as
 * TensorFlow keeps them, `[height, width, in, out]`.
 */
export function residualDenseNetwork(shapes: Shapes): UpscalerNetwork | undefined {
  const parts = extentOf(shapes, 'UPN3/kernel', 3);
  if (parts === 0 || !shapes.has('F_m1/kernel') || !shapes.has('GFF_1/kernel')) return undefined;
  const scale = Math.sqrt(parts / 3);
  const pixels = input('pixels', 'f32', [symbol('batch'), 3, symbol('height'), symbol('width')]);
  const layer = (name: string, x: Value): Value => convolution(shapes, name, x);

  const shallow = layer('F_m1', pixels);
  const blocks: Value[] = [];
  let h = layer('F_0', shallow);
  for (let block = 1; shapes.has(`LFF_${block}/kernel`); block++) {
    const dense = concat([h, relu(layer(`F_${block}_1`, h))], 1);
    h = add(layer(`LFF_${block}`, dense), h);
    blocks.push(h);
  }
  h = add(layer('GFF_2', layer('GFF_1', concat(blocks, 1))), shallow);

  h = layer('UPN3', relu(layer('UPN2', relu(layer('UPN1', h)))));
  return {
    title: `RDN, ${blocks.length} blocks`,
    scale,
    packing: 1,
    // Beyond its edges the network sees black, which darkens them; so many pixels keep that out of the picture.
    margin: 8,
    graph: graphOf({ enlarged: layer('SR', repeated(h, scale)) }),
  };
}

function convolution(shapes: Shapes, name: string, x: Value): Value {
  const shape = shapes.get(`${name}/kernel`);
  if (shape === undefined) throw new RangeError(`the upscaler lacks ${name}`);
  const kernel = transpose(weight(`${name}/kernel`, shape), [3, 2, 0, 1]);
  return convolve(x, kernel, weight(`${name}/bias`, [shape[3]]));
}
