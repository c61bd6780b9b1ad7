import { graphOf, typeOf } from './graph.ts';
import type { Entry, Graph, Reference } from './graph.ts';
import { input } from './value.ts';
import type { Value } from './value.ts';

/** A graph in two: `rest` takes the outputs of `first` as inputs of the same names, beside its own. */
export type Division = { readonly first: Graph; readonly rest: Graph };

/**
 * Divides a graph into what depends on some of its inputs alone and what remains, so that the first part need not be
 * computed again while these inputs stay the same. What depends on no input at all stays where it is used.
 * @returns undefined where nothing depends on them alone.
 */
export function divided(graph: Graph, inputs: readonly string[]): Division | undefined {
  const early = earlyEntries(graph, inputs);
  const values: (readonly Value[])[] = [];
  const lateValues: (readonly Value[])[] = [];
  const first: Record<string, Value> = {};

  const earlyAt = ({ entry, output }: Reference): Value => values[entry][output];
  const lateAt = (one: Reference): Value => {
    const { entry, output } = one;
    if (!early[entry] || !('node' in graph.entries[entry])) return lateValues[entry][output];
    const name = `first ${entry}.${output}`;
    first[name] = earlyAt(one);
    const { type, shape } = typeOf(graph, one);
    return input(name, type, shape);
  };
  graph.entries.forEach((entry, number) => {
    values.push(valuesOf(entry, earlyAt));
    lateValues.push(early[number] && 'node' in entry ? [] : valuesOf(entry, lateAt));
  });
  const rest = graphOf(Object.fromEntries([...graph.outputs].map(([name, one]) => [name, lateAt(one)])));
  if (Object.keys(first).length === 0) return undefined;
  return { first: graphOf(first), rest };
}

/** Which entries depend on these inputs and on no others. */
function earlyEntries(graph: Graph, inputs: readonly string[]): readonly boolean[] {
  const depends: ('none' | 'early' | 'late')[] = [];
  for (const entry of graph.entries) {
    if ('leaf' in entry) {
      const { leaf } = entry;
      depends.push(leaf.kind !== 'input' ? 'none' : inputs.includes(leaf.name) ? 'early' : 'late');
      continue;
    }
    const found = new Set(entry.inputs.map((one) => (one === undefined ? 'none' : depends[one.entry])));
    depends.push(found.has('late') ? 'late' : found.has('early') ? 'early' : 'none');
  }
  return depends.map((one) => one === 'early');
}

function valuesOf(entry: Entry, at: (one: Reference) => Value): readonly Value[] {
  if ('leaf' in entry) return [{ type: entry.type, shape: entry.shape, source: entry.leaf }];
  const node = { ...entry.node, inputs: entry.inputs.map((one) => one && at(one)) };
  return node.outputs.map((type, output) => ({ ...type, source: { kind: 'node', node, output } }));
}
