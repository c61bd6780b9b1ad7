/** A tiny UNet whose finest level merges tokens, against tomesd: `test-data/token-merging/reference.py`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { operationsOf, weightsOf } from '@bottega/graph';
import { assertNear, readTensors, writeRandomCheckpoint } from '@bottega/testing';
import type { ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { mergingFeeds } from '../../runtime/merging-feeds.ts';
import { openSession } from '../../runtime/session.ts';
import { unetPrefix } from './config.ts';
import type { UNetConfig } from './config.ts';
import { unet } from './unet.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-token-merging-'));
after(() => rmSync(folder, { recursive: true }));

const config: UNetConfig = {
  prefix: unetPrefix,
  inChannels: 4,
  outChannels: 4,
  channels: 32,
  levels: [
    { channels: 32, residualBlocks: 1, depth: 1 },
    { channels: 64, residualBlocks: 1, depth: 1 },
  ],
  middleDepth: 1,
  contextWidth: 40,
  vectorWidth: 0,
  projections: 'matrix',
  heads: { channels: 16 },
};
const path = join(folder, 'unet.safetensors');
writeRandomCheckpoint(path, weightsOf(unet(config)), 'F32');

/** Those of the script, and how many tokens may be merged. */
for (const [name, ratio, merged] of [
  ['even', 0.3, 14],
  ['odd', 0.5, 17],
  ['most', 0.9, 18],
] as const) {
  test(`tokens are merged as tomesd merges them: ${name}`, async () => {
    const file = join(import.meta.dirname, `../../../test-data/token-merging/${name}.safetensors`);
    const facts = readTensors(file);
    const fact = (key: string): ReferenceTensor => {
      const found = facts.get(key);
      assert.ok(found, key);
      return found;
    };
    const feeds = mergingFeeds(config, fact('x').shape, ratio);
    assert.deepEqual(feeds?.merged.data, BigInt64Array.of(BigInt(merged)));
    const timesteps = { shape: [2], data: fact('timesteps').data };
    const input = { x: fact('x'), timesteps, context: fact('context') };
    const weights = await openWeights(path);
    const merging = await openSession(unet(config, { merging: true }), weights, { threads: 1 });
    assertNear(await merging.run({ ...input, ...feeds }, 'out'), fact('out'));
    await merging.dispose();
    const plain = await openSession(unet(config), weights, { threads: 1 });
    assertNear(await plain.run(input, 'out'), fact('plain'));
    await plain.dispose();
    const difference = fact('out').data.map((value, i) => Math.abs(value - fact('plain').data[i]));
    assert.ok(Math.max(...difference) > 0.01, 'the two can be told apart');
  });
}

test('attention gets cheaper', () => {
  const sizes = { batch: 1, height: 64, width: 64, tokens: 77 };
  const merging = { sources: 3072, destinations: 1024, merged: 2048 };
  const plain = operationsOf(unet(config), sizes).attention;
  const cheaper = operationsOf(unet(config, { merging: true }), { ...sizes, ...merging }).attention;
  assert.ok(cheaper < 0.4 * plain, `${cheaper} of ${plain}`);
});

test('nothing is merged where there is nothing to merge', () => {
  assert.equal(mergingFeeds(config, [1, 4, 2, 2], 0.2), undefined, 'less than one token');
  assert.equal(mergingFeeds(config, [1, 4, 1, 9], 0.5), undefined, 'no square of four');
  const [, coarse] = config.levels;
  const likeSdxl = { ...config, levels: [{ ...coarse, depth: 0 }, coarse] };
  assert.equal(mergingFeeds(likeSdxl, [1, 4, 8, 8], 0.5), undefined, 'no attention at the finest level');
  assert.deepEqual(mergingFeeds(config, [1, 4, 2, 3], 0.5)?.destinations.data, BigInt64Array.of(0n));
});
