import { activations, add, gather, integers, layerNorm, multiply, project, weight } from '@bottega/graph';
import type { Value } from '@bottega/graph';
import type { StoredTensor } from '../checkpoint/weight-file.ts';
import type { HyperModule, Hypernetwork } from './read-hypernetwork.ts';

/** What attention makes from what it listens to. */
type Side = 'keys' | 'values';

const sides: Readonly<Record<string, Side>> = { k: 'keys', v: 'values' };

/** Which of a UNet's weights make keys or values; undefined for all others. */
export function sideOf(weightName: string): Side | undefined {
  const [, letter] = /\.attn[12]\.to_([kv])\.weight$/.exec(weightName) ?? [];
  return letter === undefined ? undefined : sides[letter];
}

const nameOf = (number: number, size: number, side: Side, layer: number, end: 'weight' | 'bias'): string =>
  `hypernetwork ${number} ${size} ${side} ${layer} ${end}`;

/** The tensors of hypernetworks by their names in a graph; a hypernetwork is known by its number in the list. */
export function hypernetworkTensors(networks: readonly Hypernetwork[]): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [number, { sizes }] of networks.entries()) {
    for (const [size, modules] of sizes) {
      for (const side of ['keys', 'values'] as const) {
        modules[side].forEach((layer, i) => {
          tensors.set(nameOf(number, size, side, i, 'weight'), layer.weight);
          tensors.set(nameOf(number, size, side, i, 'bias'), layer.bias);
        });
      }
    }
  }
  return tensors;
}

/**
 * What keys or values are made from, changed by hypernetworks one after the other: x + strength * network(x).
 * Widths that a hypernetwork does not know pass unchanged.
 * @param first the number of the first one's strength.
 */
export function withHypernetworks(
  x: Value,
  side: Side,
  networks: readonly Hypernetwork[],
  strengths: Value,
  first: number,
): Value {
  const size = Number(x.shape.at(-1));
  return networks.reduce((source, network, number) => {
    const modules = network.sizes.get(size);
    if (modules === undefined) return source;
    const strength = gather(strengths, integers([first + number]));
    return add(source, multiply(answer(source, modules[side], network, [number, size, side]), strength));
  }, x);
}

function answer(
  x: Value,
  module: HyperModule,
  { activation, isLastActive }: Hypernetwork,
  [number, size, side]: readonly [number: number, size: number, side: Side],
): Value {
  const activate = activation === undefined ? undefined : activations.get(activation);
  const lastLinear = module.findLastIndex(({ kind }) => kind === 'linear');
  return module.reduce((h, layer, i) => {
    const own = (end: 'weight' | 'bias'): Value =>
      weight(nameOf(number, size, side, i, end), layer[end].shape);
    if (layer.kind === 'norm') return layerNorm(h, own('weight'), own('bias'));
    const linear = add(project(h, own('weight')), own('bias'));
    return activate !== undefined && (i !== lastLinear || isLastActive) ? activate(linear) : linear;
  }, x);
}
