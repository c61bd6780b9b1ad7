import { graphOf } from './graph.ts';
import type { Graph, Reference } from './graph.ts';
import type { Value } from './value.ts';

/**
 * The graph with some of its values replaced, for changes that the model which built it need not know of.
 * @param replace is given each node's result after those it is made from have been replaced, and returns what is to
 *   stand in its place, of the same shape: the value itself, something made from it, or something else.
 * @param more further outputs, asked for when all values have been met.
 * @example rewritten(graph, (value) => operatorOf(value) === 'Conv' ? add(value, branch) : value)
 */
export function rewritten(
  graph: Graph,
  replace: (value: Value) => Value,
  more: () => Readonly<Record<string, Value>> = () => ({}),
): Graph {
  const values: (readonly Value[])[] = [];
  const at = ({ entry, output }: Reference): Value => values[entry][output];
  for (const entry of graph.entries) {
    if ('leaf' in entry) {
      values.push([{ type: entry.type, shape: entry.shape, source: entry.leaf }]);
      continue;
    }
    const node = { ...entry.node, inputs: entry.inputs.map((one) => one && at(one)) };
    values.push(
      node.outputs.map((type, output) => replace({ ...type, source: { kind: 'node', node, output } })),
    );
  }
  const outputs = Object.fromEntries([...graph.outputs].map(([name, one]) => [name, at(one)]));
  return graphOf({ ...outputs, ...more() });
}
