import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symbol } from './dim.ts';
import { graphOf, weightsOf } from './graph.ts';
import { silu } from './operators/activation.ts';
import { add, multiply } from './operators/arithmetic.ts';
import { convolve } from './operators/convolution.ts';
import { split } from './operators/shape.ts';
import { print } from './print.ts';
import { floats, input, weight } from './value.ts';

const x = (): ReturnType<typeof input> => input('x', 'f32', [symbol('batch'), 4]);

test('what is built twice is computed once', () => {
  const once = graphOf({ y: add(silu(x()), silu(x())) });
  assert.equal(
    print(once),
    [
      'input x : f32[batch, 4]',
      '%1 = QuickGelu(x) {alpha: 1} : f32[batch, 4]',
      '%2 = Add(%1, %1) : f32[batch, 4]',
      'y = %2',
      '',
    ].join('\n'),
  );
});

test('equal constants are one, different ones are not', () => {
  assert.equal(constantsIn(2, 2, 2), 1);
  assert.equal(constantsIn(2, 3, 2), 2);
  assert.equal(constantsIn(0, -0), 2);
});

test('attributes and shapes tell nodes and weights apart', () => {
  const image = input('image', 'f32', [1, 3, 8, 8]);
  const [kernel, bias] = [weight('k', [3, 3, 3, 3]), weight('b', [3])];
  const both = graphOf({
    a: convolve(image, kernel, bias),
    b: convolve(image, kernel, bias, { stride: 2 }),
    c: weight('w', [2, 2]),
    d: weight('w', [1, 4], [2, 2]),
  });
  assert.equal(both.entries.filter((entry) => 'node' in entry).length, 2);
  assert.notEqual(both.outputs.get('c')?.entry, both.outputs.get('d')?.entry);
  assert.deepEqual(Object.fromEntries(weightsOf(both)), { k: [3, 3, 3, 3], b: [3], w: [2, 2] });
});

test('what no output needs is left out', () => {
  const unused = silu(x());
  assert.ok(unused);
  assert.equal(graphOf({ y: multiply(x(), x()) }).entries.length, 2);
});

test('a node with several outputs is entered once, and its inputs come before it', () => {
  const [a, b] = split(x(), 2);
  const graph = graphOf({ y: multiply(a, b), a });
  assert.deepEqual(
    graph.entries.map((entry) => ('node' in entry ? entry.node.operator : entry.leaf.kind)),
    ['input', 'Split', 'Mul'],
  );
  assert.deepEqual(graph.outputs.get('a'), { entry: 1, output: 0 });
});

test('a chain of 100,000 nodes needs no deep stack', () => {
  let value = x();
  for (let i = 0; i < 100_000; i++) value = silu(value);
  assert.equal(graphOf({ value }).entries.length, 100_001);
});

test('a weight cannot be used in a shape of another size', () => {
  assert.throws(() => weight('w', [2, 3], [2, 2]), /w: \[2, 2\] cannot be used as \[2, 3\]/);
});

/** How many constants there are in the graph of x + a + b ... */
function constantsIn(...values: readonly number[]): number {
  const sum = values.reduce((before, value) => add(before, floats([value])), x());
  return graphOf({ sum }).entries.filter((entry) => 'leaf' in entry && entry.leaf.kind === 'constant').length;
}
