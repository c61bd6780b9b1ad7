/** Hypernetworks that PyTorch wrote in A1111's form, against what PyTorch computes with them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { graphOf, input, symbol } from '@bottega/graph';
import { assertClose } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { openSession } from '../runtime/session.ts';
import { tensor } from '../tensor.ts';
import { readHypernetwork } from './read-hypernetwork.ts';
import { hypernetworkTensors, withHypernetworks } from './with-hypernetworks.ts';

const folder = join(import.meta.dirname, '../../test-data/hypernetworks');
type Fact = {
  readonly file: string;
  readonly size: number;
  readonly strength: number;
  readonly x: readonly number[];
  readonly keys: readonly number[];
  readonly values: readonly number[];
};
const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as readonly Fact[];

for (const { file, size, strength, x, ...expected } of facts) {
  test(`${file} changes vectors of ${size} as PyTorch does`, async () => {
    const network = await readHypernetwork(join(folder, `${file}.pt`));
    const source = input('x', 'f32', [symbol('rows'), size]);
    const strengths = input('strengths', 'f32', [2]);
    const [keys, values] = (['keys', 'values'] as const).map((side) =>
      withHypernetworks(source, side, [network], strengths, 1),
    );
    const tensors = hypernetworkTensors([network]);
    const weights = await openWeights(network.path);
    const session = await openSession(graphOf({ keys, values }), { ...weights, tensors }, { threads: 1 });
    const feeds = {
      x: tensor([x.length / size, size], Float32Array.from(x)),
      strengths: tensor([2], Float32Array.of(9, strength)),
    };
    const results = await session.runAll(feeds, ['keys', 'values']);
    await session.dispose();
    assertClose(results[0].data, Float32Array.from(expected.keys), 1e-5);
    assertClose(results[1].data, Float32Array.from(expected.values), 1e-5);
  });
}

test('what it is made of is told by the file', async () => {
  const deep = await readHypernetwork(join(folder, 'deep.pt'));
  assert.deepEqual(
    [deep.activation, deep.isLastActive, [...deep.sizes.keys()]],
    ['leakyrelu', false, [4, 6]],
  );
  assert.deepEqual(
    deep.sizes.get(4)?.keys.map(({ kind }) => kind),
    ['linear', 'norm', 'linear', 'norm', 'linear', 'norm'],
  );
  const { activation, isLastActive } = await readHypernetwork(join(folder, 'swish.pt'));
  assert.deepEqual([activation, isLastActive], ['hardswish', true]);
});

test('vectors of another width pass unchanged, and other files are refused', async () => {
  const network = await readHypernetwork(join(folder, 'plain.pt'));
  const x = input('x', 'f32', [1, 5]);
  assert.equal(withHypernetworks(x, 'keys', [network], input('strengths', 'f32', [1]), 0), x);
  const other = join(import.meta.dirname, '../../test-data/models-reference/ti/paramdict.pt');
  await assert.rejects(readHypernetwork(other), { code: 'adapter.malformed', message: /for any width/ });
});
