import { elementsOf } from './dim.ts';
import type { Sizes } from './dim.ts';
import type { Graph } from './graph.ts';
import type { Node, Value } from './value.ts';

/** Floating-point operations of one run, a multiplication and an addition counting as two. */
export type Operations = {
  readonly convolution: number;
  readonly linear: number;
  readonly attention: number;
  readonly total: number;
};

/** Operators whose cost is not proportional to the data they touch. */
const counted: Readonly<
  Record<string, readonly [Exclude<keyof Operations, 'total'>, (node: Node, sizes: Sizes) => number]>
> = {
  Conv: [
    'convolution',
    (node, sizes) => 2 * outputOf(node, sizes) * elementsOf(inputOf(node, 1).shape.slice(1)),
  ],
  FusedMatMul: [
    'linear',
    (node, sizes) => 2 * outputOf(node, sizes) * elementsOf(inputOf(node, 1).shape.slice(1)),
  ],
  Gemm: ['linear', (node, sizes) => 2 * outputOf(node, sizes) * elementsOf(inputOf(node, 1).shape.slice(1))],
  MultiHeadAttention: [
    'attention',
    (node, sizes) => 4 * outputOf(node, sizes) * elementsOf([inputOf(node, 1).shape[1]], sizes),
  ],
};

/** What a graph has to compute at given sizes: convolutions, matrix products and attention; the rest is small. */
export function operationsOf(graph: Graph, sizes: Sizes): Operations {
  const sums = { convolution: 0, linear: 0, attention: 0 };
  for (const entry of graph.entries) {
    if (!('node' in entry)) continue;
    const [kind, count] = counted[entry.node.operator] ?? [];
    if (kind !== undefined && count !== undefined) sums[kind] += count(entry.node, sizes);
  }
  return { ...sums, total: sums.convolution + sums.linear + sums.attention };
}

function outputOf(node: Node, sizes: Sizes): number {
  return elementsOf(node.outputs[0].shape, sizes);
}

function inputOf(node: Node, index: number): Value {
  const value = node.inputs[index];
  if (value === undefined) throw new RangeError(`${node.operator} lacks input ${index}`);
  return value;
}
