/** Convolutions and matrix products of 8-bit integers, which processors multiply several times as fast as floats. */
import type { Shape } from '../dim.ts';
import { shapeText, times } from '../dim.ts';
import { onnxCode } from '../element-type.ts';
import { apply, floats, integers as integerConstants, microsoft, weight } from '../value.ts';
import type { Node, TensorType, Value } from '../value.ts';
import { divide, multiply } from './arithmetic.ts';
import { concat, reshape, shapeOf, transpose } from './shape.ts';

/** A value as integers from 0 to 255: (integer - zero) * scale. */
export type Quantised = { readonly integers: Value; readonly scale: Value; readonly zero: Value };

/** A weight of signed 8-bit integers, and what each of its output channels is multiplied with. */
export type QuantisedWeight = { readonly integers: Value; readonly scales: Value };

/** Middle of the unsigned integers, which stands for 0. */
const middle = 128;
/** The largest distance from it on both sides. */
const reach = 127;
/** The largest float32 below 2^31 is 128 below it; this leaves room for the products that a bias is added to. */
const farthest = 2 ** 30;

/** A tensor of a file that is not float32 to the graph. */
export function integerWeight(name: string, shape: readonly number[]): Value {
  return { ...weight(name, shape), type: 'i8' };
}

/** With the range that x has, 0 included. */
export function quantise(x: Value): Quantised {
  const outputs: readonly TensorType[] = [
    { type: 'u8', shape: x.shape },
    { type: 'f32', shape: [] },
    { type: 'u8', shape: [] },
  ];
  const node: Node = { operator: 'DynamicQuantizeLinear', domain: '', inputs: [x], attributes: {}, outputs };
  const [integers, scale, zero] = outputs.map((type, output): Value => ({
    ...type,
    source: { kind: 'node', node, output },
  }));
  return { integers, scale, zero };
}

/**
 * A convolution of integers, its result as floats.
 * @param like the convolution of floats: its attributes and the shape of its result.
 * @param span how many of x's scales the largest element of the result is; larger ones are cut off.
 * @param bias `[out]`.
 */
export function convolveQuantised(
  { integers, scale, zero }: Quantised,
  kernel: QuantisedWeight,
  like: Node,
  span: number,
  bias?: Value,
): Value {
  const channels = Number(kernel.scales.shape[0]);
  const resultScale = multiply(scale, floats([span / reach], []));
  const resultZero = bytes('u8', [], Uint8Array.of(middle));
  const none = bytes('i8', [channels], new Uint8Array(channels));
  const given = [integers, scale, zero, kernel.integers, kernel.scales, none, resultScale, resultZero];
  const inputs = bias === undefined ? given : [...given, inSteps(bias, multiply(kernel.scales, scale))];
  const { shape } = like.outputs[0];
  const result = apply('QLinearConv', inputs, shape, { type: 'u8', attributes: like.attributes });
  return apply('DequantizeLinear', [result, resultScale, resultZero], shape, { type: 'f32' });
}

/** Numbers as the multiples of steps that are nearest to them, within 32 bits. */
function inSteps(x: Value, steps: Value): Value {
  const nearest = apply('Round', [divide(x, steps)], x.shape);
  const within = apply('Clip', [nearest, floats([-farthest], []), floats([farthest], [])], x.shape);
  return apply('Cast', [within], x.shape, { type: 'i32', attributes: { to: { int: onnxCode('i32') } } });
}

/**
 * x through a matrix of integers, the result as floats.
 * @param x `[..., in]`.
 * @param matrix `[in, out]`.
 * @param bias `[out]`.
 */
export function projectQuantised(
  { integers, scale, zero }: Quantised,
  matrix: QuantisedWeight,
  bias?: Value,
): Value {
  const [width, out] = matrix.integers.shape;
  if (integers.shape.at(-1) !== width) {
    throw new RangeError(
      `${shapeText(integers.shape)} cannot be multiplied by ${shapeText(matrix.integers.shape)}`,
    );
  }
  const given = [integers, matrix.integers, scale, matrix.scales, zero];
  const shape: Shape = [...integers.shape.slice(0, -1), out];
  return apply('MatMulIntegerToFloat', bias === undefined ? given : [...given, undefined, bias], shape, {
    type: 'f32',
    domain: microsoft,
  });
}

/**
 * A convolution with a 1x1 kernel, computed as what it is: a matrix at every pixel. The result is floats at once, so
 * nothing of it is cut off, which is worth moving the channels to the end and back.
 * @param x `[batch, in, height, width]`.
 * @param matrix `[in, out]`.
 * @param bias `[out]`.
 */
export function projectPixelsQuantised(x: Value, matrix: QuantisedWeight, bias?: Value): Value {
  const [batch, channels, height, width] = x.shape;
  const pixels = transpose(reshape(x, [batch, channels, times(height, width)]), [0, 2, 1]);
  const result = transpose(projectQuantised(quantise(pixels), matrix, bias), [0, 2, 1]);
  const out = Number(matrix.scales.shape[0]);
  const shape = concat([shapeOf(x, 0, 1), integerConstants([out]), shapeOf(x, 2)], 0);
  return apply('Reshape', [result, shape], [batch, out, height, width]);
}

/**
 * x, its smallest and its largest element, `[1]` each. They are found before anything is done with x: it is cut off
 * at its own extremes, which changes nothing but what comes first. Otherwise the runtime would leave them to the
 * end, and keep every x in memory until then.
 */
export function watched(x: Value): { readonly x: Value; readonly extremes: readonly [Value, Value] } {
  const [smallest, largest] = ['ReduceMin', 'ReduceMax'].map((operator) =>
    apply(operator, [x], [], { attributes: { keepdims: { int: 0 } } }),
  );
  return {
    x: apply('Clip', [x, smallest, largest], x.shape),
    extremes: [reshape(smallest, [1]), reshape(largest, [1])],
  };
}

function bytes(type: 'u8' | 'i8', shape: readonly number[], values: Uint8Array): Value {
  return {
    type,
    shape,
    source: { kind: 'constant', bytes: values, text: values.slice(0, 4).join(', ') },
  };
}
