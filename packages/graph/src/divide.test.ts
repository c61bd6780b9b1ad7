import assert from 'node:assert/strict';
import { test } from 'node:test';
import { divided } from './divide.ts';
import { graphOf } from './graph.ts';
import { silu } from './operators/activation.ts';
import { add, multiply } from './operators/arithmetic.ts';
import { split } from './operators/shape.ts';
import { print } from './print.ts';
import { floats, input, weight } from './value.ts';

const x = input('x', 'f32', [4]);
const words = input('words', 'f32', [4]);

test('what depends on some inputs alone comes first, and the rest takes its results', () => {
  const keys = multiply(silu(words), weight('k', [4]));
  const graph = graphOf({ y: add(multiply(x, keys), multiply(silu(floats([1, 2, 3, 4])), words)) });
  const division = divided(graph, ['words']);
  assert.ok(division);
  assert.equal(
    print(division.first),
    [
      'input words : f32[4]',
      '%1 = QuickGelu(words) {alpha: 1} : f32[4]',
      'weight k : f32[4]',
      '%3 = Mul(%1, k) : f32[4]',
      '%5 = QuickGelu([1, 2, 3, 4]) {alpha: 1} : f32[4]',
      '%6 = Mul(%5, words) : f32[4]',
      'first 4.0 = %3',
      'first 8.0 = %6',
      '',
    ].join('\n'),
  );
  assert.equal(
    print(division.rest),
    [
      'input x : f32[4]',
      'input first 4.0 : f32[4]',
      '%2 = Mul(x, first 4.0) : f32[4]',
      'input first 8.0 : f32[4]',
      '%4 = Add(%2, first 8.0) : f32[4]',
      'y = %4',
      '',
    ].join('\n'),
  );
});

test('an output of the first part, and an input that both take, are where they are asked for', () => {
  const [a, b] = split(silu(words), 2);
  const wide = input('wide', 'f32', [2]);
  const division = divided(graphOf({ a, sum: add(b, wide), words }), ['words']);
  assert.deepEqual([...(division?.first.outputs.keys() ?? [])].length, 2);
  assert.deepEqual([...(division?.rest.outputs.keys() ?? [])], ['a', 'sum', 'words']);
});

test('a graph of which nothing depends on them alone stays whole', () => {
  assert.equal(divided(graphOf({ y: add(x, words) }), ['words']), undefined);
  assert.equal(divided(graphOf({ y: silu(x) }), ['words']), undefined);
});
