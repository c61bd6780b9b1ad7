import {
  add,
  concat,
  convolveQuantised,
  extreme,
  integerWeight,
  projectQuantised,
  quantise,
  reshape,
  rewritten,
  weight,
} from '@bottega/graph';
import type { Graph, QuantisedWeight, Value } from '@bottega/graph';
import { layerOf } from './layers.ts';
import type { QuantisedLayer } from './layers.ts';

/** Names of a layer's quantised weight and its scales, in the file that has them. */
export const integersOf = (name: string): string => `int8 ${name}`;
export const scalesOf = (name: string): string => `scales ${name}`;

/** How large a convolution's results become, counted in steps of what it is given; by the name of its weight. */
export type Spans = ReadonlyMap<string, number>;

/** What is seen of a convolution: smallest and largest element given, smallest and largest of the result. */
export const numbersSeen = 4;

/** The graph with a further output `seen`: for each convolution that may be quantised, in order, four numbers. */
export function watchingGraph(graph: Graph): {
  readonly graph: Graph;
  readonly convolutions: readonly string[];
} {
  const convolutions: string[] = [];
  const seen: Value[] = [];
  const watch = (value: Value): Value => {
    const layer = layerOf(value);
    const x = value.source.kind === 'node' ? value.source.node.inputs[0] : undefined;
    if (layer?.kind !== 'convolution' || x === undefined) return value;
    convolutions.push(layer.weight);
    seen.push(extreme(x, 'smallest'), extreme(x, 'largest'));
    seen.push(extreme(value, 'smallest'), extreme(value, 'largest'));
    return value;
  };
  return { graph: rewritten(graph, watch, () => ({ seen: concat(seen, 0) })), convolutions };
}

/**
 * The graph with its convolutions and linear layers computed with 8-bit integers: weights by output channel,
 * what they are given by the range that it has at the moment, results of convolutions by `spans`.
 */
export function int8Graph(graph: Graph, spans: Spans): Graph {
  return rewritten(graph, (value) => quantised(value, spans) ?? withBias(value) ?? value);
}

function quantised(value: Value, spans: Spans): Value | undefined {
  const layer = layerOf(value);
  if (layer === undefined || value.source.kind !== 'node') return undefined;
  const [x, , bias] = value.source.node.inputs;
  if (x === undefined) return undefined;
  if (layer.kind === 'linear') return projectQuantised(x, weightOf(layer));
  const span = spans.get(layer.weight);
  if (span === undefined) return undefined;
  const result = convolveQuantised(quantise(x), weightOf(layer), value.source.node, span);
  return bias === undefined ? result : add(result, reshape(bias, [1, layer.shape[0], 1, 1]));
}

/** A linear layer takes its bias itself. */
function withBias({ source }: Value): Value | undefined {
  if (source.kind !== 'node' || source.node.operator !== 'Add') return undefined;
  const [product, bias] = source.node.inputs;
  if (product?.source.kind !== 'node' || bias?.source.kind !== 'weight') return undefined;
  const { operator, inputs } = product.source.node;
  const [x, integers, scales] = inputs;
  if (operator !== 'DynamicQuantizeMatMul' || inputs.length > 3) return undefined;
  if (x === undefined || integers === undefined || scales === undefined) return undefined;
  return projectQuantised(x, { integers, scales }, bias);
}

function weightOf({ kind, weight: name, shape }: QuantisedLayer): QuantisedWeight {
  const stored = kind === 'linear' ? shape.toReversed() : shape;
  return { integers: integerWeight(integersOf(name), stored), scales: weight(scalesOf(name), [shape[0]]) };
}
