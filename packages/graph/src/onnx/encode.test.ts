import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { symbol } from '../dim.ts';
import { graphOf } from '../graph.ts';
import { silu } from '../operators/activation.ts';
import { add } from '../operators/arithmetic.ts';
import { convolve } from '../operators/convolution.ts';
import { floats, input, weight } from '../value.ts';
import { encodeOnnx } from './encode.ts';
import type { ExternalWeight } from './encode.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** A message as its fields: numbers, or bytes that may hold text or another message. */
type Message = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

function read(bytes: Buffer): Message {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    assert.ok(wire === 0 || wire === 2 || wire === 5, `wire type ${wire}`);
    const value = wire === 0 ? varint() : take(wire === 5 ? 4 : Number(varint()));
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

const texts = (message: Message, field: number): string[] =>
  (message.get(field) ?? []).map((value) => (value as Buffer).toString());
const messages = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((value) => read(value as Buffer));
const numbers = (message: Message, field: number): number[] =>
  (message.get(field) ?? []).map((value) => Number(BigInt.asIntN(64, value as bigint)));

/** The first float of a field's bytes. */
function floatIn(message: Message, field: number): number | undefined {
  const [bytes] = message.get(field) ?? [];
  return Buffer.isBuffer(bytes) ? bytes.readFloatLE() : undefined;
}

const files: Readonly<Record<string, ExternalWeight>> = {
  k: { type: 'f32', location: 'models/a.safetensors', offset: 5_000_000_000, length: 432 },
  b: { type: 'f16', location: 'models/a.safetensors', offset: 17, length: 8 },
};

function encoded() {
  const x = input('x', 'f32', [symbol('batch'), 3, symbol('height'), 8]);
  const y = silu(convolve(x, weight('k', [4, 3, 3, 3]), weight('b', [4])));
  const bytes = encodeOnnx(graphOf({ y: add(y, floats([0.5])) }), (name) => files[name]);
  return read(Buffer.from(bytes));
}

test('a model states its versions and domains', () => {
  const model = encoded();
  assert.deepEqual(numbers(model, 1), [10]);
  assert.deepEqual(
    messages(model, 8).map((opset) => [...texts(opset, 1), ...numbers(opset, 2)]),
    [
      ['', 21],
      ['com.microsoft', 1],
    ],
  );
});

test('weights say where their bytes lie and as what, constants hold theirs', () => {
  const [graph] = messages(encoded(), 7);
  const tensors = messages(graph, 5);
  const weights = tensors.filter((tensor) => tensor.has(13));
  assert.deepEqual(
    weights.map((tensor) => ({
      shape: numbers(tensor, 1),
      type: numbers(tensor, 2)[0],
      data: Object.fromEntries(messages(tensor, 13).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]])),
      external: numbers(tensor, 14)[0],
    })),
    [
      {
        shape: [4, 3, 3, 3],
        type: 1,
        data: { location: 'models/a.safetensors', offset: '5000000000', length: '432' },
        external: 1,
      },
      {
        shape: [4],
        type: 10,
        data: { location: 'models/a.safetensors', offset: '17', length: '8' },
        external: 1,
      },
    ],
  );
  const constants = tensors.filter((tensor) => !tensor.has(13));
  assert.deepEqual(
    constants.map((tensor) => floatIn(tensor, 9)),
    [0.5],
  );
});

test('casts of weights come before all other nodes, and only where they are needed', () => {
  const [graph] = messages(encoded(), 7);
  assert.deepEqual(
    messages(graph, 1).map((node) => texts(node, 4)[0]),
    ['Cast', 'Conv', 'QuickGelu', 'Add', 'Identity'],
  );
});

test('every result comes with its shape', () => {
  const [graph] = messages(encoded(), 7);
  const shapes = messages(graph, 13).map((value) => {
    const [type] = messages(messages(value, 2)[0], 1);
    const dims = messages(messages(type, 2)[0], 1);
    return [texts(value, 1)[0], ...dims.map((dim) => texts(dim, 2)[0] ?? numbers(dim, 1)[0])];
  });
  const results = messages(graph, 1).filter((node) => !['Cast', 'Identity'].includes(texts(node, 4)[0]));
  assert.deepEqual(
    shapes,
    results.map((node) => [texts(node, 2)[0], 'batch', 4, 'height', 8]),
  );
});

test('nodes are joined by name from the inputs to the outputs', () => {
  const [graph] = messages(encoded(), 7);
  const known = new Set(['', ...messages(graph, 5).flatMap((tensor) => texts(tensor, 8))]);
  for (const value of messages(graph, 11)) known.add(texts(value, 1)[0]);
  for (const node of messages(graph, 1)) {
    for (const name of texts(node, 1)) assert.ok(known.has(name), `${name} is known`);
    for (const name of texts(node, 2)) {
      assert.ok(!known.has(name), `${name} is new`);
      known.add(name);
    }
  }
  for (const value of messages(graph, 12)) assert.ok(known.has(texts(value, 1)[0]));
});

test('attributes carry their kind', () => {
  const [graph] = messages(encoded(), 7);
  const convolution = messages(graph, 1).find((node) => texts(node, 4)[0] === 'Conv');
  const attributes = messages(convolution ?? new Map(), 5).map((one) => [
    texts(one, 1)[0],
    numbers(one, 8),
    numbers(one, 20)[0],
  ]);
  assert.deepEqual(attributes, [
    ['kernel_shape', [3, 3], 7],
    ['pads', [1, 1, 1, 1], 7],
    ['strides', [1, 1], 7],
  ]);
});

test('an initializer cannot have a size that is known only later', () => {
  const y = { ...weight('w', [2, 2]), shape: [2, symbol('n')] };
  assert.throws(() => encodeOnnx(graphOf({ y }), () => files.k), /fixed/);
});

test('what the writer writes, a reader reads', () => {
  const safe = fc.maxSafeInteger();
  fc.assert(
    fc.property(
      safe,
      fc.string(),
      fc.uint8Array(),
      fc.float({ noNaN: true }),
      (int, string, bytes, float) => {
        const written = new ProtobufWriter()
          .int(1, int)
          .message(1000, (message) => message.string(2, string).bytes(3, bytes).float(4, float))
          .finish();
        const message = read(Buffer.from(written));
        const [inner] = messages(message, 1000);
        assert.deepEqual(numbers(message, 1), [int]);
        assert.deepEqual(texts(inner, 2), [Buffer.from(string).toString()]);
        assert.deepEqual(inner.get(3), [Buffer.from(bytes)]);
        assert.ok(Object.is(floatIn(inner, 4), float));
      },
    ),
  );
});
