import {
  add,
  concat,
  convolve,
  doubled,
  floats,
  graphOf,
  input,
  leakyRelu,
  multiply,
  symbol,
  weight,
} from '@bottega/graph';
import type { Value } from '@bottega/graph';
import { convolution, widthOf } from '../../models/layers.ts';
import { extentOf } from '../../models/shapes.ts';
import type { Shapes } from '../../models/shapes.ts';
import type { UpscalerNetwork } from './network.ts';
import { rrdbNamesIn } from './rrdb-names.ts';
import type { RrdbNames } from './rrdb-names.ts';

/** What each block counts beside what goes around it. */
const residual = 0.2;
const slope = 0.2;

/**
 * ESRGAN: Wang et al., "ESRGAN: Enhanced super-resolution generative adversarial networks" (2018), blocks of three
 * dense blocks of five convolutions; Real-ESRGAN's models for twice and once the size, which take 2x2 and 4x4 pixels
 * as one; ESRGAN+ with its 1x1 convolutions (Rakotonirina and Rasoanaivo 2020). All sizes come from the shapes.
 */
export function rrdbNetwork(shapes: Shapes): UpscalerNetwork | undefined {
  const names = rrdbNamesIn(shapes);
  if (names === undefined) return undefined;
  const [width, taken] = [0, 1].map((axis) => extentOf(shapes, `${names.first}.weight`, axis));
  const given = extentOf(shapes, `${names.last}.weight`, 0);
  if (given !== 3 || ![3, 12, 48].includes(taken)) {
    throw new RangeError(`it takes ${taken} and gives ${given} channels, and a picture has 3`);
  }
  const packing = Math.sqrt(taken / 3);
  const isPlus = shapes.has(`${names.dense(0, 1, 'conv1x1')}.weight`);

  const pixels = input('pixels', 'f32', [symbol('batch'), taken, symbol('height'), symbol('width')]);
  const shallow = convolution(names.first, pixels, width);
  let h = shallow;
  for (let block = 0; block < names.blocks; block++) h = residualBlock(shapes, names, block, h);
  h = add(convolution(names.trunk, h, width), shallow);
  for (const name of names.up) h = leakyRelu(convolution(name, doubled(h), width), slope);
  h = leakyRelu(convolution(names.large, h, width), slope);
  return {
    title: `${isPlus ? 'ESRGAN+' : 'ESRGAN'}, ${names.blocks} blocks of ${width} channels`,
    scale: 2 ** names.up.length / packing,
    packing,
    margin: 0,
    graph: graphOf({ enlarged: convolution(names.last, h, 3) }),
  };
}

function residualBlock(shapes: Shapes, names: RrdbNames, block: number, x: Value): Value {
  const dense = (h: Value, number: number): Value =>
    denseBlock(shapes, (name) => names.dense(block, number, name), h);
  return scaledSum([1, 2, 3].reduce(dense, x), x);
}

function denseBlock(shapes: Shapes, nameOf: (convolution: string) => string, x: Value): Value {
  let parts: readonly Value[] = [x];
  const growth = extentOf(shapes, `${nameOf('conv1')}.weight`, 0);
  const across = nameOf('conv1x1');
  for (const number of [1, 2, 3, 4]) {
    let part = leakyRelu(convolution(nameOf(`conv${number}`), concat(parts, 1), growth), slope);
    if (shapes.has(`${across}.weight`) && number === 2)
      part = add(part, convolutionAcross(across, x, growth));
    if (shapes.has(`${across}.weight`) && number === 4) part = add(part, parts[2]);
    parts = [...parts, part];
  }
  return scaledSum(convolution(nameOf('conv5'), concat(parts, 1), widthOf(x, 1)), x);
}

/** Without a bias. */
function convolutionAcross(name: string, x: Value, channels: number): Value {
  const none = floats(Array.from({ length: channels }, () => 0));
  return convolve(x, weight(`${name}.weight`, [channels, widthOf(x, 1), 1, 1]), none);
}

function scaledSum(change: Value, x: Value): Value {
  return add(multiply(change, floats([residual], [])), x);
}
