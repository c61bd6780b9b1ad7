import { isKind } from './values.ts';
import type { PickleDict, PickleTensor, PickleValue } from './values.ts';

/**
 * The tensors of a saved object by name: those of its `state_dict`, where it has one, else its own; where it has
 * none, those of the dictionaries in it, as `NAME.INNER` (upscalers have `params_ema`), and of tuples of them under
 * numbers, as `NUMBER.0.INNER` (hypernetworks have a pair for each width). All else is left out.
 */
export function stateDictOf(root: PickleValue): ReadonlyMap<string, PickleTensor> {
  const saved = entriesOf(root);
  const dict = saved.get('state_dict') ?? root;
  const tensors = tensorsIn(entriesOf(dict), '');
  if (tensors.length > 0) return new Map(tensors);
  const seen = new Set<PickleDict>();
  const inner = [...saved].flatMap(namedDictionaries).flatMap(([name, value]) => {
    const entries = entriesOf(value);
    // The same dictionary under a thousand names would be a thousand times as large.
    if (seen.has(entries)) return [];
    seen.add(entries);
    return tensorsIn(entries, `${name}.`);
  });
  return new Map(inner);
}

/** An item that may be a dictionary, or the items of a short tuple under a number. */
function namedDictionaries([name, value]: readonly [PickleValue, PickleValue]): (readonly [
  name: string,
  value: PickleValue,
])[] {
  if (typeof name === 'string') return [[name, value]];
  if (typeof name !== 'number' || !isKind(value, 'tuple') || value.items.length > 2) return [];
  return value.items.map((item, i) => [`${name}.${i}`, item]);
}

/**
 * What a saved object says of itself in plain words and numbers, as texts: an embedding's `name` and `step`. Long
 * texts are left out.
 */
export function metadataOf(root: PickleValue): Readonly<Record<string, string>> {
  const plain = [...entriesOf(root)].filter(
    ([name, value]) =>
      typeof name === 'string' &&
      (typeof value === 'number' ||
        typeof value === 'boolean' ||
        (typeof value === 'string' && value.length <= 1000)),
  );
  return Object.fromEntries(plain.slice(0, 100).map(([name, value]) => [name, String(value)]));
}

/** The items of a dictionary, or the parameters of an object; empty for everything else. */
function entriesOf(value: PickleValue | undefined): PickleDict {
  // Not by recursion: an object may be its own parameters.
  const entries = isKind(value, 'object') ? value.attributes.get('_parameters') : value;
  return entries instanceof Map ? entries : new Map();
}

function tensorsIn(
  entries: PickleDict,
  prefix: string,
): readonly (readonly [name: string, tensor: PickleTensor])[] {
  return [...entries].flatMap(([name, value]) =>
    typeof name === 'string' && isKind(value, 'tensor') ? [[`${prefix}${name}`, value] as const] : [],
  );
}
