import type { Graph, Node, Value } from '@bottega/graph';

/** A layer that is computed with 8-bit integers. */
export type QuantisedLayer = {
  readonly kind: 'convolution' | 'linear';
  /** The name of its weight in the checkpoint. */
  readonly weight: string;
  /** As the graph uses it, output channels first. */
  readonly shape: readonly number[];
};

/**
 * What stays in floats: where the picture enters and leaves, where every error shows; what tells of the moment and
 * of the vector, small and heard everywhere; keys and values of the text, which are computed once a picture; the
 * shortcuts around blocks, which pass on numbers that nothing has normalised (see docs/decisions/0013-speed.md);
 * what adapters add, small and in no checkpoint.
 */
const kept =
  /\.input_blocks\.0\.0\.|\.out\.2\.|\.time_embed\.|\.label_emb\.|\.emb_layers\.|\.attn2\.to_[kv]\.|\.skip_connection\.|^(adapter|hypernetwork) /;

/** The layer that a value comes from, where it is one that may be quantised. */
export function layerOf({ source }: Value): QuantisedLayer | undefined {
  if (source.kind !== 'node') return undefined;
  const kind = kinds[source.node.operator];
  const from = source.node.inputs[1];
  if (kind === undefined || from?.source.kind !== 'weight') return undefined;
  const { name } = from.source;
  return kept.test(name) ? undefined : { kind, weight: name, shape: from.shape.map(Number) };
}

const kinds: Readonly<Record<string, QuantisedLayer['kind']>> = {
  Conv: 'convolution',
  FusedMatMul: 'linear',
};

/** All layers of a graph that may be quantised. */
export function layersOf(graph: Graph): readonly QuantisedLayer[] {
  const found = new Map<string, QuantisedLayer>();
  for (const entry of graph.entries) {
    if (!('node' in entry)) continue;
    const layer = layerOf(valueOf(entry.node));
    if (layer !== undefined) found.set(layer.weight, layer);
  }
  return [...found.values()];
}

function valueOf(node: Node): Value {
  return { ...node.outputs[0], source: { kind: 'node', node, output: 0 } };
}
