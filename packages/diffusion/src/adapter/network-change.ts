import { add, project, rewritten, weight as weightValue } from '@bottega/graph';
import type { Graph, Value } from '@bottega/graph';
import { strengthFor } from './adapter-use.ts';
import type { AdapterStrength } from './adapter-use.ts';
import type { HyperUse } from '../hypernetwork/hyper-use.ts';
import type { Hypernetwork } from '../hypernetwork/read-hypernetwork.ts';
import { sideOf, withHypernetworks } from '../hypernetwork/with-hypernetworks.ts';
import type { FittedAdapter, FittedLayer } from './fit-adapter.ts';
import { isWorthBranching, strengthsInput, withBranch } from './side-branch.ts';
import type { Branch } from './side-branch.ts';

/** A layer of a fitted adapter without its numbers, which may be many. */
export type LayerOutline = Omit<FittedLayer, 'change' | 'doraScale'> & {
  readonly scale: number;
  /** How many numbers are added to the bias, where that changes too. */
  readonly biasSize?: number;
};

export function outlineOf({ layers }: FittedAdapter): readonly LayerOutline[] {
  return layers.map(({ change, doraScale: _, ...layer }) => ({
    ...layer,
    scale: change.scale,
    ...(change.bias !== undefined && layer.rows === undefined && { biasSize: change.bias.length }),
  }));
}

/** An adapter in use, by its outline. */
export type OutlinedUse = AdapterStrength & {
  /** Tells its file, as it is now, from all others. */
  readonly id: string;
  readonly layers: readonly LayerOutline[];
};

/** What adapters do to one network. */
export type NetworkChange = {
  /** Changes with equal keys differ in `strengths` alone. */
  readonly key: string;
  readonly branches: readonly Branch[];
  /** Those that know a width of the network's attention. */
  readonly hypernetworks: readonly Hypernetwork[];
  /** One for each branch, then one for each hypernetwork. */
  readonly strengths: Float32Array;
  /** Weights and biases that are to be computed anew. */
  readonly overridden: ReadonlySet<string>;
  /** Biases of layers that have none, by the layer's weight. */
  readonly addedBiases: ReadonlyMap<string, { readonly name: string; readonly size: number }>;
};

/**
 * Decides how adapters change a network: low-rank changes become branches beside their layer, everything else new
 * weights. A layer that one adapter needs a new weight for gets one from all of them, in their order.
 * @param weights those of the network's graph, with their shapes.
 * @param hypers hypernetworks, which act in their order too.
 * @returns undefined where they change nothing in it.
 */
export function changeOf(
  weights: ReadonlyMap<string, readonly number[]>,
  uses: readonly OutlinedUse[],
  hypers: readonly HyperUse[] = [],
): NetworkChange | undefined {
  const acting = uses.flatMap((use) =>
    use.layers
      .filter((layer) => weights.has(layer.weight))
      .map((layer) => ({ use, layer, strength: strengthFor(use, layer) }))
      .filter(({ strength }) => strength !== 0),
  );
  const heard = hypers.filter(({ network, strength }) => strength !== 0 && hears(weights, network));
  if (acting.length === 0 && heard.length === 0) return undefined;
  const branches: { readonly branch: Branch; readonly strength: number; readonly id: string }[] = [];
  const overridden = new Set<string>();
  const addedBiases = new Map<string, { readonly name: string; readonly size: number }>();
  const computed: string[] = [];
  for (const [name, changes] of Map.groupBy(acting, ({ layer }) => layer.weight)) {
    if (
      canBranch(
        weights.get(name) ?? [],
        changes.map(({ layer }) => layer),
      )
    ) {
      for (const { use, layer, strength } of changes) {
        const { factors, rows, scale } = layer;
        if (factors === undefined) continue;
        const branch = { weight: name, factors, rows, rank: use.rank };
        branches.push({ branch, strength: strength * scale, id: `${use.id} ${layer.part} ${layer.layer}` });
      }
      continue;
    }
    overridden.add(name);
    for (const { use, layer, strength } of changes) {
      computed.push(`${name} ${use.id} ${strength} ${use.rank}`);
      if (layer.biasSize === undefined) continue;
      overridden.add(layer.bias);
      if (!weights.has(layer.bias)) addedBiases.set(name, { name: layer.bias, size: layer.biasSize });
    }
  }
  return {
    key: JSON.stringify([
      branches.map(({ id, branch }) => `${id} ${branch.rank}`),
      computed,
      heard.map(({ id }) => id),
    ]),
    branches: branches.map(({ branch }) => branch),
    hypernetworks: heard.map(({ network }) => network),
    strengths: Float32Array.from([...branches, ...heard], ({ strength }) => strength),
    overridden,
    addedBiases,
  };
}

/** Whether a network has keys and values of a width that the hypernetwork knows. */
function hears(weights: ReadonlyMap<string, readonly number[]>, { sizes }: Hypernetwork): boolean {
  return [...weights].some(([name, shape]) => sideOf(name) !== undefined && sizes.has(shape[1]));
}

function canBranch(shape: readonly number[], layers: readonly LayerOutline[]): boolean {
  const [outputs, ...inputs] = shape;
  const isPlain = layers.every(
    ({ factors, channels, biasSize }) =>
      factors !== undefined && channels === undefined && biasSize === undefined,
  );
  const ranks = layers.reduce((sum, { factors }) => sum + (factors?.down.shape[0] ?? 0), 0);
  return isPlain && isWorthBranching(outputs, inputs, ranks);
}

/**
 * A network's graph with the branches, the biases and the hypernetworks of a change.
 * @throws RangeError where a layer is not there in a form that could be changed: a mistake of the program.
 */
export function changedGraph(graph: Graph, change: NetworkChange): Graph {
  const { branches, hypernetworks, addedBiases } = change;
  const waiting = new Set([...branches.map(({ weight }) => weight), ...addedBiases.keys()]);
  const numbered = Map.groupBy(
    branches.map((branch, number) => ({ branch, number })),
    ({ branch }) => branch.weight,
  );
  const strengths = strengthsInput(change.strengths.length);
  const listening = (layer: Value, name: string): Value => {
    const [x, matrix] = layer.source.kind === 'node' ? layer.source.node.inputs : [];
    const side = sideOf(name);
    if (side === undefined || x === undefined || matrix === undefined) return layer;
    return project(withHypernetworks(x, side, hypernetworks, strengths, branches.length), matrix);
  };
  const result = rewritten(graph, (plain) => {
    const name = weightOf(plain);
    if (name === undefined) return plain;
    const layer = hypernetworks.length === 0 ? plain : listening(plain, name);
    if (!waiting.delete(name)) return layer;
    const sum = (numbered.get(name) ?? []).reduce(
      (before, { branch, number }) => withBranch(layer, before, branch, number, strengths),
      layer,
    );
    const bias = addedBiases.get(name);
    return bias === undefined ? sum : add(sum, weightValue(bias.name, [bias.size]));
  });
  if (waiting.size > 0) throw new RangeError(`no layer has the weights ${[...waiting].join(', ')}`);
  return result;
}

/** The weight of a matrix product or a convolution. */
function weightOf({ source }: Value): string | undefined {
  if (source.kind !== 'node' || !['FusedMatMul', 'Conv'].includes(source.node.operator)) return undefined;
  const matrix = source.node.inputs[1]?.source;
  return matrix?.kind === 'weight' ? matrix.name : undefined;
}
