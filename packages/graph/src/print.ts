import { shapeText } from './dim.ts';
import type { Entry, Graph, Reference } from './graph.ts';
import type { Attribute, TensorType } from './value.ts';

/**
 * A graph as text, one line a node, for people and for golden tests:
 *
 *     %4 = Conv(x, conv_in.weight, conv_in.bias) {kernel_shape: 3 3, ...} : f32[batch, 320, height, width]
 */
export function print(graph: Graph): string {
  const nameOf = (one: Reference | undefined): string => {
    if (one === undefined) return '-';
    const entry = graph.entries[one.entry];
    if ('node' in entry)
      return entry.node.outputs.length > 1 ? `%${one.entry}.${one.output}` : `%${one.entry}`;
    return entry.leaf.kind === 'constant' ? `[${entry.leaf.text}]` : entry.leaf.name;
  };
  const lines = graph.entries.map((entry, number) => lineOf(entry, number, nameOf));
  const outputs = [...graph.outputs].map(([name, one]) => `${name} = ${nameOf(one)}`);
  return [...lines.filter((line) => line !== ''), ...outputs].join('\n') + '\n';
}

function lineOf(entry: Entry, number: number, nameOf: (one: Reference | undefined) => string): string {
  if ('leaf' in entry) {
    return entry.leaf.kind === 'constant' ? '' : `${entry.leaf.kind} ${entry.leaf.name} : ${typeText(entry)}`;
  }
  const { operator, attributes, outputs } = entry.node;
  const settings = Object.entries(attributes).map(([name, value]) => `${name}: ${attributeText(value)}`);
  const braces = settings.length === 0 ? '' : ` {${settings.join(', ')}}`;
  const types = outputs.map(typeText).join(', ');
  return `%${number} = ${operator}(${entry.inputs.map(nameOf).join(', ')})${braces} : ${types}`;
}

function typeText({ type, shape }: TensorType): string {
  return `${type}${shapeText(shape)}`;
}

function attributeText(attribute: Attribute): string {
  if ('ints' in attribute) return attribute.ints.join(' ');
  if ('float' in attribute) return String(Number(attribute.float.toPrecision(6)));
  return 'int' in attribute ? String(attribute.int) : attribute.string;
}
