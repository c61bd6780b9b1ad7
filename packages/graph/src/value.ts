import type { Shape } from './dim.ts';
import { elementsOf, shapeText } from './dim.ts';
import type { ElementType } from './element-type.ts';

/** What is known of a tensor before anything runs. */
export type TensorType = { readonly type: ElementType; readonly shape: Shape };

/**
 * A tensor of a graph: what it is made from, and what is known of it before anything runs.
 * Values are immutable and know nothing of the graphs they end up in; two that are built alike are the same.
 */
export type Value = TensorType & { readonly source: Source };

export type Source = InputSource | ConstantSource | WeightSource | NodeSource;

export type InputSource = { readonly kind: 'input'; readonly name: string };
export type ConstantSource = { readonly kind: 'constant'; readonly bytes: Uint8Array; readonly text: string };
export type WeightSource = {
  readonly kind: 'weight';
  readonly name: string;
  readonly stored: readonly number[];
};
export type NodeSource = { readonly kind: 'node'; readonly node: Node; readonly output: number };

/** An ONNX operator applied to values; `undefined` stands for an optional input left out. */
export type Node = {
  readonly operator: string;
  /** The empty string for ONNX's own operators, else e.g. "com.microsoft". */
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly TensorType[];
};

/** A node's attribute; ONNX tells integers from floats, so each says which it is. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A value given when the graph runs. */
export function input(name: string, type: ElementType, shape: Shape): Value {
  return { type, shape, source: { kind: 'input', name } };
}

/**
 * A tensor of a checkpoint, float32 to the graph whatever the file holds.
 * @param shape as the graph uses it.
 * @param stored as the file holds it, where that differs: the same elements, e.g. a 1x1 convolution used as a matrix.
 */
export function weight(name: string, shape: readonly number[], stored: readonly number[] = shape): Value {
  if (elementsOf(shape) !== elementsOf(stored)) {
    throw new RangeError(`${name}: ${shapeText(stored)} cannot be used as ${shapeText(shape)}`);
  }
  return { type: 'f32', shape, source: { kind: 'weight', name, stored } };
}

/** A float32 constant, a vector unless a shape is given. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return constant('f32', shape, new Uint8Array(Float32Array.from(values).buffer), values);
}

/** An int64 constant, a vector unless a shape is given. */
export function integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
  return constant('i64', shape, new Uint8Array(BigInt64Array.from(values, BigInt).buffer), values);
}

function constant(
  type: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
  values: readonly number[],
): Value {
  const shown = values.slice(0, 4).map((value) => Number(value.toPrecision(6)));
  const text = values.length > 4 ? `${shown.join(', ')}, ...` : shown.join(', ');
  return { type, shape, source: { kind: 'constant', bytes, text } };
}

export type NodeOptions = {
  readonly attributes?: Attributes;
  readonly domain?: string;
  /** Defaults to the type of the first input. */
  readonly type?: ElementType;
};

/** Applies an operator with one output. */
export function apply(
  operator: string,
  inputs: readonly (Value | undefined)[],
  shape: Shape,
  options: NodeOptions = {},
): Value {
  return applyMany(operator, inputs, [shape], options)[0];
}

/** Applies an operator with several outputs. */
export function applyMany(
  operator: string,
  inputs: readonly (Value | undefined)[],
  shapes: readonly Shape[],
  { attributes = {}, domain = '', type = inputs[0]?.type ?? 'f32' }: NodeOptions = {},
): readonly Value[] {
  const node = { operator, domain, inputs, attributes, outputs: shapes.map((shape) => ({ type, shape })) };
  return shapes.map((shape, output) => ({ type, shape, source: { kind: 'node', node, output } }));
}

/** The domain of onnxruntime's own operators. */
export const microsoft = 'com.microsoft';
