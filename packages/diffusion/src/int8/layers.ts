import { sameShape } from '@bottega/graph';
import type { Graph, Node, TensorType, Value } from '@bottega/graph';
import type { IntegerPlan } from './plan.ts';

/** A pointwise convolution sees one pixel at a time: it is a linear layer on another axis. */
type LayerKind = 'convolution' | 'pointwise' | 'linear';

/** A layer that is computed with 8-bit integers. */
export type QuantisedLayer = {
  readonly kind: LayerKind;
  /** The name of its weight in the checkpoint. */
  readonly weight: string;
  /** As the graph uses it, output channels first; of a pointwise convolution the matrix that it is. */
  readonly shape: readonly number[];
  /** Equal parts of its output channels that are computed, and kept, one by one. */
  readonly parts: 1 | 2;
};

/** The layer that a value comes from, where it is one that may be quantised. */
export function layerOf({ source }: Value, { kept, halved }: IntegerPlan): QuantisedLayer | undefined {
  if (source.kind !== 'node') return undefined;
  const from = source.node.inputs[1];
  if (from?.source.kind !== 'weight' || kept.test(from.source.name)) return undefined;
  const { name } = from.source;
  const kind = kindOf(source.node);
  if (kind === undefined) return undefined;
  const shape = from.shape.map(Number).slice(0, kind === 'pointwise' ? 2 : undefined);
  return { kind, weight: name, shape, parts: halved?.test(name) ? 2 : 1 };
}

function kindOf({ operator, inputs, outputs }: Node): LayerKind | undefined {
  if (operator === 'FusedMatMul') return 'linear';
  if (operator !== 'Conv') return undefined;
  const [x, kernel] = inputs;
  const isPointwise = kernel?.shape[2] === 1 && x !== undefined && isAsLarge(x, outputs[0]);
  return isPointwise ? 'pointwise' : 'convolution';
}

function isAsLarge(x: TensorType, y: TensorType): boolean {
  return sameShape(x.shape.slice(2), y.shape.slice(2));
}

/** All layers of a graph that may be quantised. */
export function layersOf(graph: Graph, plan: IntegerPlan): readonly QuantisedLayer[] {
  const found = new Map<string, QuantisedLayer>();
  for (const entry of graph.entries) {
    if (!('node' in entry)) continue;
    const layer = layerOf(valueOf(entry.node), plan);
    if (layer !== undefined) found.set(layer.weight, layer);
  }
  return [...found.values()];
}

function valueOf(node: Node): Value {
  return { ...node.outputs[0], source: { kind: 'node', node, output: 0 } };
}
