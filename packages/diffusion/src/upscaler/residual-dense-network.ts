import {
  add,
  concat,
  convolve,
  doubled,
  graphOf,
  input,
  relu,
  symbol,
  transpose,
  weight,
} from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';

/** Shapes of weights by name; kernels lie as TensorFlow keeps them, `[height, width, in, out]`. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Repetitions of the last doubling: 2 make four times the size. */
const doublings = 2;

/**
 * A picture four times as large. Zhang et al., "Residual dense network for image super-resolution" (2018), in the
 * form of the `rdn` models of UpscalerJS: blocks of one dense layer each, enlarged by repetition of pixels.
 *
 * Input: `pixels` [batch, 3, height, width]. Output: `enlarged` [batch, 3, 4 height, 4 width]. Both 0 to 1.
 */
export function residualDenseNetwork(shapes: Shapes): Graph {
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
  for (let i = 0; i < doublings; i++) h = doubled(h);
  return graphOf({ enlarged: layer('SR', h) });
}

function convolution(shapes: Shapes, name: string, x: Value): Value {
  const shape = shapes.get(`${name}/kernel`);
  if (shape === undefined) throw new RangeError(`the upscaler lacks ${name}`);
  const kernel = transpose(weight(`${name}/kernel`, shape), [3, 2, 0, 1]);
  return convolve(x, kernel, weight(`${name}/bias`, [shape[3]]));
}
