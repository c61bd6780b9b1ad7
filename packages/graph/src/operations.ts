import { elementsOf } from './dim.ts';
import type { Shape, Sizes } from './dim.ts';
import type { Graph } from './graph.ts';
import type { Node } from './value.ts';

/** Floating-point operations of one run, a multiplication and an addition counting as two. */
export type Operations = {
  readonly convolution: number;
  readonly linear: number;
  readonly attention: number;
  readonly total: number;
};

/** Operators whose cost is not proportional to the data they touch. */
const counted: Readonly<Record<string, readonly [kind: Kind, count: Count]>> = {
  Conv: ['convolution', (node, sizes) => 2 * made(node, sizes) * elementsOf(shapeOf(node, 1).slice(1))],
  FusedMatMul: ['linear', (node, sizes) => 2 * made(node, sizes) * elementsOf(shapeOf(node, 1).slice(1))],
  MatMul: ['linear', (node, sizes) => 2 * made(node, sizes) * elementsOf(shapeOf(node, 0).slice(-1), sizes)],
  MultiHeadAttention: [
    'attention',
    (node, sizes) => 4 * made(node, sizes) * elementsOf([shapeOf(node, 1)[1]], sizes),
  ],
};

type Kind = Exclude<keyof Operations, 'total'>;
type Count = (node: Node, sizes: Sizes) => number;

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

/** Elements of a node's result. */
function made(node: Node, sizes: Sizes): number {
  return elementsOf(node.outputs[0].shape, sizes);
}

function shapeOf(node: Node, input: number): Shape {
  const value = node.inputs[input];
  if (value === undefined) throw new RangeError(`${node.operator} lacks input ${input}`);
  return value.shape;
}
