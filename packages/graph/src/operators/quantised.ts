/** Convolutions and matrix products of 8-bit integers, which processors multiply several times as fast as floats. */
import type { Shape } from '../dim.ts';
import { shapeText } from '../dim.ts';
import { apply, floats, integers as integerConstants, microsoft, weight } from '../value.ts';
import type { Node, TensorType, Value } from '../value.ts';
import { multiply } from './arithmetic.ts';

/** A value as integers from 0 to 255: (integer - zero) * scale. */
export type Quantised = { readonly integers: Value; readonly scale: Value; readonly zero: Value };

/** A weight of signed 8-bit integers, and what each of its output channels is multiplied with. */
export type QuantisedWeight = { readonly integers: Value; readonly scales: Value };

/** Middle of the unsigned integers, which stands for 0. */
const middle = 128;
/** The largest distance from it on both sides. */
const reach = 127;

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
 * A convolution of integers, its result as floats, without bias.
 * @param like the convolution of floats: its attributes and the shape of its result.
 * @param span how many of x's scales the largest element of the result is; larger ones are cut off.
 */
export function convolveQuantised(
  { integers, scale, zero }: Quantised,
  kernel: QuantisedWeight,
  like: Node,
  span: number,
): Value {
  const channels = Number(kernel.scales.shape[0]);
  const resultScale = multiply(scale, floats([span / reach], []));
  const resultZero = bytes('u8', [], Uint8Array.of(middle));
  const none = bytes('i8', [channels], new Uint8Array(channels));
  const inputs = [integers, scale, zero, kernel.integers, kernel.scales, none, resultScale, resultZero];
  const { shape } = like.outputs[0];
  const result = apply('QLinearConv', inputs, shape, { type: 'u8', attributes: like.attributes });
  return apply('DequantizeLinear', [result, resultScale, resultZero], shape, { type: 'f32' });
}

/**
 * x through a matrix of integers, x quantised on the way and the result as floats.
 * @param x `[..., in]`.
 * @param matrix `[in, out]`.
 * @param bias `[out]`.
 */
export function projectQuantised(x: Value, matrix: QuantisedWeight, bias?: Value): Value {
  const [width, out] = matrix.integers.shape;
  if (x.shape.at(-1) !== width) {
    throw new RangeError(`${shapeText(x.shape)} cannot be multiplied by ${shapeText(matrix.integers.shape)}`);
  }
  const inputs = [x, matrix.integers, matrix.scales, undefined, bias];
  const shape: Shape = [...x.shape.slice(0, -1), out];
  return apply('DynamicQuantizeMatMul', bias === undefined ? inputs.slice(0, 3) : inputs, shape, {
    domain: microsoft,
  });
}

/** The smallest or largest element, `[1]`. */
export function extreme(x: Value, which: 'smallest' | 'largest'): Value {
  const least = apply(which === 'smallest' ? 'ReduceMin' : 'ReduceMax', [x], [], {
    attributes: { keepdims: { int: 0 } },
  });
  return apply('Reshape', [least, integerConstants([1])], [1]);
}

function bytes(type: 'u8' | 'i8', shape: readonly number[], values: Uint8Array): Value {
  return {
    type,
    shape,
    source: { kind: 'constant', bytes: values, text: values.slice(0, 4).join(', ') },
  };
}
