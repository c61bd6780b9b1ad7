import {
  add,
  concat,
  convolveQuantised,
  integerWeight,
  projectPixelsQuantised,
  projectQuantised,
  quantise,
  rewritten,
  sameShape,
  split,
  watched,
  weight,
} from '@bottega/graph';
import type { Graph, QuantisedWeight, Value } from '@bottega/graph';
import { layerOf } from './layers.ts';
import type { QuantisedLayer } from './layers.ts';
import type { IntegerPlan } from './plan.ts';

/** Names of a part of a layer's quantised weight and of its scales, in the file that has them. */
export const integersOf = (name: string, part: number): string => `int8 ${part} ${name}`;
export const scalesOf = (name: string, part: number): string => `scales ${part} ${name}`;

/** How large a convolution's results become, counted in steps of what it is given; by the name of its weight. */
export type Spans = ReadonlyMap<string, number>;

/** What is seen of a convolution: smallest and largest element given, smallest and largest of the result. */
export const numbersSeen = 4;

/** The graph with a further output `seen`: for each convolution that may be quantised, in order, four numbers. */
export function watchingGraph(
  graph: Graph,
  plan: IntegerPlan,
): {
  readonly graph: Graph;
  readonly convolutions: readonly string[];
} {
  const convolutions: string[] = [];
  const seen: Value[] = [];
  const watch = (value: Value): Value => {
    const layer = layerOf(value, plan);
    if (layer?.kind !== 'convolution' || value.source.kind !== 'node') return value;
    const { node, output } = value.source;
    const [given, ...weights] = node.inputs;
    if (given === undefined) return value;
    const { x, extremes } = watched(given);
    const result = watched({
      ...value,
      source: { kind: 'node', node: { ...node, inputs: [x, ...weights] }, output },
    });
    convolutions.push(layer.weight);
    seen.push(...extremes, ...result.extremes);
    return result.x;
  };
  return { graph: rewritten(graph, watch, () => ({ seen: concat(seen, 0) })), convolutions };
}

/**
 * The graph with its convolutions and linear layers computed with 8-bit integers: weights by output channel,
 * what they are given by the range that it has at the moment, results of convolutions by `spans`.
 */
export function int8Graph(graph: Graph, plan: IntegerPlan, spans: Spans): Graph {
  return rewritten(
    graph,
    (value) => quantised(value, plan, spans) ?? withBias(value) ?? apart(value) ?? value,
  );
}

function quantised(value: Value, plan: IntegerPlan, spans: Spans): Value | undefined {
  const layer = layerOf(value, plan);
  if (layer === undefined || value.source.kind !== 'node') return undefined;
  const [x, , bias] = value.source.node.inputs;
  if (x === undefined) return undefined;
  const kernels = weightsOf(layer);
  const [kernel] = kernels;
  if (layer.kind === 'linear') {
    const parts = kernels.map((matrix) => projectQuantised(quantise(x), matrix));
    return parts.length === 1 ? parts[0] : concat(parts, value.shape.length - 1);
  }
  if (layer.kind === 'pointwise') return projectPixelsQuantised(x, kernel, bias);
  const span = spans.get(layer.weight);
  if (span === undefined) return undefined;
  return convolveQuantised(quantise(x), kernel, value.source.node, span, bias);
}

/** A linear layer takes its bias itself. */
function withBias({ source }: Value): Value | undefined {
  if (source.kind !== 'node' || source.node.operator !== 'Add') return undefined;
  const [product, bias] = source.node.inputs;
  if (product?.source.kind !== 'node' || bias?.shape.length !== 1) return undefined;
  const { operator, inputs } = product.source.node;
  if (operator === 'Concat' && inputs.every((part) => part !== undefined && isProduct(part))) {
    const parts = split(bias, inputs.length).map((part, i) => withBias(add(inputs[i] ?? product, part)));
    return parts.every((part) => part !== undefined) ? concat(parts, product.shape.length - 1) : undefined;
  }
  if (operator !== 'MatMulIntegerToFloat' || inputs.length > 5) return undefined;
  const [integers, matrix, scale, scales, zero] = inputs;
  if (!integers || !matrix || !scale || !scales || !zero) return undefined;
  return projectQuantised({ integers, scale, zero }, { integers: matrix, scales }, bias);
}

function isProduct({ source }: Value): boolean {
  return source.kind === 'node' && source.node.operator === 'MatMulIntegerToFloat';
}

/** What was put together of parts is not taken apart again. */
function apart({ source, shape }: Value): Value | undefined {
  if (source.kind !== 'node' || source.node.operator !== 'Split') return undefined;
  const [whole] = source.node.inputs;
  if (whole?.source.kind !== 'node' || whole.source.node.operator !== 'Concat') return undefined;
  const part = whole.source.node.inputs[source.output];
  return part !== undefined && sameShape(part.shape, shape) ? part : undefined;
}

function weightsOf({
  kind,
  weight: name,
  shape: [channels, ...rest],
  parts,
}: QuantisedLayer): QuantisedWeight[] {
  const shape = [channels / parts, ...rest];
  const stored = kind === 'convolution' ? shape : shape.toReversed();
  return Array.from({ length: parts }, (_, part) => ({
    integers: integerWeight(integersOf(name, part), stored),
    scales: weight(scalesOf(name, part), [shape[0]]),
  }));
}
