import { textOf } from '../dim.ts';
import type { Shape } from '../dim.ts';
import { onnxCode } from '../element-type.ts';
import type { ElementType } from '../element-type.ts';
import { typeOf } from '../graph.ts';
import type { Graph, LeafEntry, NodeEntry, Reference } from '../graph.ts';
import type { Attribute, TensorType } from '../value.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Where the bytes of a weight lie: in a file that the runtime maps into memory. */
export type ExternalWeight = {
  readonly type: ElementType;
  /** The file, relative to the folder that the session is given. */
  readonly location: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** The elements themselves, instead of a place in the file. */
  readonly bytes?: Uint8Array;
};

/** ONNX 1.16: opset 21 with IR version 10. */
const irVersion = 10;
const opsetVersion = 21;

/**
 * A graph as the bytes of an ONNX model, `ModelProto` of github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 * Weights stay in their files; those that are not float32 there are cast as the model runs. All casts come first
 * in the model: the runtime then orders each just before its only consumer, instead of all of them before
 * everything else, and the peak of memory is that of one layer.
 *
 * Every result comes with its shape. The runtime could work out most of them but not that two unknown extents are
 * equal; it would then find no memory to use again and search for some at every node, most of the time that a
 * session takes to open.
 */
export function encodeOnnx(
  graph: Graph,
  locate: (weight: string) => ExternalWeight,
): Uint8Array<ArrayBuffer> {
  const plan = planOf(graph, locate);
  return new ProtobufWriter()
    .int(1, irVersion)
    .string(2, 'bottega')
    .message(7, (message) => writeGraph(message, plan))
    .message(8, (opset) => opset.string(1, '').int(2, opsetVersion))
    .message(8, (opset) => opset.string(1, 'com.microsoft').int(2, 1))
    .finish();
}

type Tensor = TensorType & { readonly name: string };
type PlainNode = {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};
type Plan = {
  readonly inputs: Tensor[];
  readonly constants: (Tensor & { readonly bytes: Uint8Array })[];
  readonly weights: (Tensor & { readonly external: ExternalWeight })[];
  readonly casts: PlainNode[];
  readonly nodes: PlainNode[];
  readonly outputs: Tensor[];
  /** What nodes hand to each other. */
  readonly results: Tensor[];
};

function planOf(graph: Graph, locate: (weight: string) => ExternalWeight): Plan {
  const plan: Plan = {
    inputs: [],
    constants: [],
    weights: [],
    casts: [],
    nodes: [],
    outputs: [],
    results: [],
  };
  const names: (readonly string[])[] = [];
  const nameOf = (one: Reference | undefined): string =>
    one === undefined ? '' : names[one.entry][one.output];

  graph.entries.forEach((entry, number) => {
    if ('leaf' in entry) names.push([planLeaf(plan, entry, number, locate)]);
    else {
      names.push(entry.node.outputs.map((_, output) => `${number}.${output}`));
      plan.nodes.push(planNode(entry, number, names[number], nameOf));
      entry.node.outputs.forEach((type, output) =>
        plan.results.push({ name: names[number][output], ...type }),
      );
    }
  });
  for (const [name, one] of graph.outputs) {
    plan.nodes.push(plain('Identity', `output ${name}`, [nameOf(one)], [name]));
    plan.outputs.push({ name, ...typeOf(graph, one) });
  }
  return plan;
}

/** Enters an input, constant or weight; returns the name under which nodes find it. */
function planLeaf(
  plan: Plan,
  { leaf, type, shape }: LeafEntry,
  number: number,
  locate: (weight: string) => ExternalWeight,
): string {
  if (leaf.kind === 'input') {
    plan.inputs.push({ name: leaf.name, type, shape });
    return leaf.name;
  }
  if (leaf.kind === 'constant') {
    plan.constants.push({ name: `${number}`, type, shape, bytes: leaf.bytes });
    return `${number}`;
  }
  const external = locate(leaf.name);
  const name = `w${number}`;
  plan.weights.push({ name, type: external.type, shape, external });
  if (external.type === type) return name;
  const to = { int: onnxCode(type) };
  plan.casts.push({ ...plain('Cast', `cast ${name}`, [name], [`${number}`]), attributes: { to } });
  return `${number}`;
}

function planNode(
  { node, inputs }: NodeEntry,
  number: number,
  outputs: readonly string[],
  nameOf: (one: Reference | undefined) => string,
): PlainNode {
  const { operator, domain, attributes } = node;
  return { name: `${number} ${operator}`, operator, domain, inputs: inputs.map(nameOf), outputs, attributes };
}

function plain(
  operator: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
): PlainNode {
  return { operator, name, inputs, outputs, domain: '', attributes: {} };
}

function writeGraph(message: ProtobufWriter, plan: Plan): void {
  for (const node of [...plan.casts, ...plan.nodes]) message.message(1, (one) => writeNode(one, node));
  message.string(2, 'graph');
  for (const constant of plan.constants) {
    message.message(5, (one) => writeTensor(one, constant).bytes(9, constant.bytes));
  }
  for (const weight of plan.weights) {
    const { bytes } = weight.external;
    message.message(5, (one) =>
      bytes === undefined
        ? writeExternal(writeTensor(one, weight), weight.external)
        : writeTensor(one, weight).bytes(9, bytes),
    );
  }
  for (const input of plan.inputs) message.message(11, (one) => writeValueInfo(one, input));
  for (const output of plan.outputs) message.message(12, (one) => writeValueInfo(one, output));
  for (const result of plan.results) message.message(13, (one) => writeValueInfo(one, result));
}

function writeNode(message: ProtobufWriter, node: PlainNode): void {
  for (const input of node.inputs) message.string(1, input);
  for (const output of node.outputs) message.string(2, output);
  message.string(3, node.name).string(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message.message(5, (one) => writeAttribute(one.string(1, name), attribute));
  }
  if (node.domain !== '') message.string(7, node.domain);
}

/** `AttributeProto`: the value, then which kind it is. */
function writeAttribute(message: ProtobufWriter, attribute: Attribute): void {
  if ('int' in attribute) message.int(3, attribute.int).int(20, 2);
  else if ('float' in attribute) message.float(2, attribute.float).int(20, 1);
  else if ('string' in attribute) message.string(4, attribute.string).int(20, 3);
  else {
    for (const value of attribute.ints) message.int(8, value);
    message.int(20, 7);
  }
}

function writeTensor(message: ProtobufWriter, { name, type, shape }: Tensor): ProtobufWriter {
  for (const extent of fixed(shape)) message.int(1, extent);
  return message.int(2, onnxCode(type)).string(8, name);
}

function writeExternal(message: ProtobufWriter, { location, offset, length }: ExternalWeight): void {
  for (const [key, value] of Object.entries({ location, offset, length })) {
    message.message(13, (entry) => entry.string(1, key).string(2, String(value)));
  }
  message.int(14, 1);
}

function writeValueInfo(message: ProtobufWriter, { name, type, shape }: Tensor): void {
  message.string(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensor) =>
      tensor.int(1, onnxCode(type)).message(2, (dims) => {
        for (const dim of shape) {
          dims.message(1, (one) => (typeof dim === 'number' ? one.int(1, dim) : one.string(2, textOf(dim))));
        }
      }),
    ),
  );
}

function fixed(shape: Shape): readonly number[] {
  if (!shape.every((dim) => typeof dim === 'number')) throw new RangeError('initializers have fixed shapes');
  return shape;
}
