import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, graphOf, input, multiply, silu } from '@bottega/graph';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { openRemembering } from './remembering-session.ts';
import { openSession } from './session.ts';

const x = input('x', 'f32', [2]);
const words = input('words', 'f32', [2]);
const graph = graphOf({ y: add(multiply(x, silu(words)), words) });
const file = { path: '/none', bytes: 0, tensors: new Map(), metadata: {} };
const options = { threads: 1 };
const pair = (a: number, b: number): Tensor => tensor([2], Float32Array.of(a, b));

test('results are those of the whole graph, whatever changes between the runs', async () => {
  const whole = await openSession(graph, undefined, options);
  const remembering = await openRemembering(graph, file, ['words', 'absent'], options);
  const texts = [pair(1, 2), pair(3, 4), pair(1, 2), pair(5, 6), pair(7, 8), pair(9, 10), pair(1, 2)];
  for (const [i, words] of texts.entries()) {
    const feeds = { x: pair(i, -i), words };
    assert.deepEqual(await remembering.run(feeds, 'y'), await whole.run(feeds, 'y'));
  }
  await Promise.all([whole.dispose(), remembering.dispose()]);
});

test('an array that the caller uses again is not taken for what it was', async () => {
  const remembering = await openRemembering(graph, file, ['words'], options);
  const words = pair(0, 0);
  const before = await remembering.run({ x: pair(1, 1), words }, 'y');
  words.data.set([2, 3]);
  const after = await remembering.run({ x: pair(1, 1), words }, 'y');
  assert.notDeepEqual(after, before);
  await remembering.dispose();
});

test('a run that fails is not remembered', async () => {
  const remembering = await openRemembering(graph, file, ['words'], options);
  const wrong = { x: pair(1, 1), words: tensor([3]) };
  await assert.rejects(remembering.run(wrong, 'y'), { code: 'runtime.failed' });
  await assert.rejects(remembering.run(wrong, 'y'), { code: 'runtime.failed' });
  const { data } = await remembering.run({ x: pair(1, 1), words: pair(0, 0) }, 'y');
  assert.deepEqual([...data], [0, 0]);
  await remembering.dispose();
});

test('a graph that cannot be divided runs as it is', async () => {
  const remembering = await openRemembering(graphOf({ y: add(x, words) }), file, ['words'], options);
  const { data } = await remembering.run({ x: pair(1, 2), words: pair(3, 4) }, 'y');
  assert.deepEqual([...data], [4, 6]);
  await remembering.dispose();
});
