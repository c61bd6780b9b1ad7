import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symbol } from './dim.ts';
import { graphOf } from './graph.ts';
import { silu } from './operators/activation.ts';
import { add } from './operators/arithmetic.ts';
import { project } from './operators/matrix.ts';
import { split } from './operators/shape.ts';
import { print } from './print.ts';
import { rewritten } from './rewrite.ts';
import { input, weight } from './value.ts';

const x = input('x', 'f32', [symbol('batch'), 4]);
const [left, right] = split(project(silu(x), weight('w', [4, 4])), 2);
const graph = graphOf({ sum: add(left, right), left });

test('a graph of which nothing is replaced is the same', () => {
  assert.equal(print(rewritten(graph, (value) => value)), print(graph));
});

test('what is made from a replaced value is made from its replacement', () => {
  const doubled = rewritten(graph, (value) => {
    const isProjected = value.source.kind === 'node' && value.source.node.operator === 'FusedMatMul';
    return isProjected ? add(value, value) : value;
  });
  const [l, r] = split(twice(project(silu(x), weight('w', [4, 4]))), 2);
  assert.equal(print(doubled), print(graphOf({ sum: add(l, r), left: l })));
});

test('a replacement may be an output', () => {
  assert.equal(print(rewritten(graphOf({ y: silu(x) }), () => add(x, x))), print(graphOf({ y: add(x, x) })));
});

function twice(value: ReturnType<typeof project>) {
  return add(value, value);
}
