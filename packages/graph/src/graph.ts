import { shapeText } from './dim.ts';
import type { ConstantSource, InputSource, Node, TensorType, Value, WeightSource } from './value.ts';

/** One distinct value or node of a graph. */
export type Entry = LeafEntry | NodeEntry;

export type LeafEntry = TensorType & { readonly leaf: InputSource | ConstantSource | WeightSource };

export type NodeEntry = { readonly node: Node; readonly inputs: readonly (Reference | undefined)[] };

/** An output of an entry, by the entry's number; only nodes have more than one. */
export type Reference = { readonly entry: number; readonly output: number };

/** Everything that some outputs need, in an order in which it can be computed; no two entries are the same. */
export type Graph = {
  readonly entries: readonly Entry[];
  readonly outputs: ReadonlyMap<string, Reference>;
};

/**
 * Collects the graph of some outputs. Values that are built alike become one (common subexpressions are computed
 * once), and what no output needs is not there.
 */
export function graphOf(outputs: Readonly<Record<string, Value>>): Graph {
  const entries: Entry[] = [];
  const numberOfKey = new Map<string, number>();
  const numberOf = new Map<object, number>();

  const reference = (value: Value): Reference | undefined => {
    const entry = numberOf.get(origin(value));
    if (entry === undefined) return undefined;
    return { entry, output: value.source.kind === 'node' ? value.source.output : 0 };
  };
  const enter = (value: Value): void => {
    const entry = entryOf(value, reference);
    const key = keyOf(entry);
    const number = numberOfKey.get(key) ?? entries.push(entry) - 1;
    numberOfKey.set(key, number);
    numberOf.set(origin(value), number);
  };
  const collect = (root: Value): Reference => {
    const waiting = [root];
    for (let value = waiting.at(-1); value !== undefined; value = waiting.at(-1)) {
      const missing = inputsOf(value).find((one) => reference(one) === undefined);
      if (missing !== undefined) {
        waiting.push(missing);
      } else {
        if (reference(value) === undefined) enter(value);
        waiting.pop();
      }
    }
    return reference(root)!;
  };

  return {
    outputs: new Map(Object.entries(outputs).map(([name, value]) => [name, collect(value)])),
    entries,
  };
}

/** The weights that a graph needs, by name, with the shapes they have in a checkpoint. */
export function weightsOf(graph: Graph): ReadonlyMap<string, readonly number[]> {
  const weights = new Map<string, readonly number[]>();
  for (const entry of graph.entries) {
    if ('leaf' in entry && entry.leaf.kind === 'weight') weights.set(entry.leaf.name, entry.leaf.stored);
  }
  return weights;
}

/** Type and shape of what a reference points to. */
export function typeOf(graph: Graph, { entry, output }: Reference): TensorType {
  const target = graph.entries[entry];
  return 'node' in target ? target.node.outputs[output] : target;
}

/** What several values may share: a node with several outputs is entered once. */
function origin(value: Value): object {
  return value.source.kind === 'node' ? value.source.node : value.source;
}

function inputsOf(value: Value): readonly Value[] {
  return value.source.kind === 'node' ? value.source.node.inputs.filter((one) => one !== undefined) : [];
}

function entryOf(value: Value, reference: (value: Value) => Reference | undefined): Entry {
  if (value.source.kind !== 'node') return { leaf: value.source, type: value.type, shape: value.shape };
  const { node } = value.source;
  return { node, inputs: node.inputs.map((one) => one && reference(one)) };
}

/** Equal for entries that compute the same. */
function keyOf(entry: Entry): string {
  if ('node' in entry) {
    const { operator, domain, attributes } = entry.node;
    const inputs = entry.inputs.map((one) => (one ? `${one.entry}.${one.output}` : ''));
    return JSON.stringify([domain, operator, inputs, Object.entries(attributes).toSorted()]);
  }
  const { leaf } = entry;
  const content = leaf.kind === 'constant' ? Buffer.from(leaf.bytes).toString('base64') : leaf.name;
  return `${leaf.kind} ${content} ${entry.type} ${shapeText(entry.shape)}`;
}
