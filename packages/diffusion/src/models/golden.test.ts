/**
 * Shows when a model's graph changes: the whole graph of small models as text, and a summary of Stable Diffusion
 * 1.5's. After a change that is meant, `GOLDEN=write node --test packages/diffusion/src/models/golden.test.ts`
 * writes the files anew; the difference belongs into the review.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { elementsOf, operationsOf, print, weightsOf } from '@bottega/graph';
import type { Graph, Sizes } from '@bottega/graph';
import { sd15, sd1Layout } from '@bottega/testing';
import type { Sd1Sizes } from '@bottega/testing';
import { clipConfigOf, clipPrefixIn } from './clip/config.ts';
import { clipTextEncoder } from './clip/text-encoder.ts';
import { unetConfigOf } from './unet/config.ts';
import { unet } from './unet/unet.ts';
import { vaeConfigOf } from './vae/config.ts';
import { vaeDecoder } from './vae/decoder.ts';
import { vaeEncoder } from './vae/encoder.ts';

const small: Sd1Sizes = {
  text: { vocabulary: 100, width: 64, layers: 2 },
  unet: { inChannels: 4, channels: 32, multipliers: [1, 2], resBlocks: 1, attentionLevels: 1 },
  vae: { channels: 32, multipliers: [1, 2], resBlocks: 1 },
};

function graphsOf(sizes: Sd1Sizes): Readonly<Record<string, Graph>> {
  const layout = sd1Layout(sizes);
  const vae = vaeConfigOf(layout, 'first_stage_model.');
  return {
    'text-encoder': clipTextEncoder(clipConfigOf(layout, clipPrefixIn(layout))),
    unet: unet(unetConfigOf(layout)),
    'vae-decoder': vaeDecoder(vae),
    'vae-encoder': vaeEncoder(vae),
  };
}

for (const [name, graph] of Object.entries(graphsOf(small))) {
  test(`the small ${name} is the graph it was`, () => assertGolden(`small-${name}.txt`, print(graph)));
}

for (const [name, graph] of Object.entries(graphsOf(sd15))) {
  test(`the ${name} of SD 1.5 is the graph it was`, () => assertGolden(`sd15-${name}.txt`, summary(graph)));
}

test('the models need exactly the tensors of a checkpoint', () => {
  const needed = new Map(Object.values(graphsOf(sd15)).flatMap((graph) => [...weightsOf(graph)]));
  assert.deepEqual(Object.fromEntries(needed), Object.fromEntries(sd1Layout(sd15)));
});

/** Operators and how many of each, what they cost for 512x512 pixels, and a hash of the whole. */
function summary(graph: Graph): string {
  const counts = new Map<string, number>();
  for (const entry of graph.entries) {
    if ('node' in entry) counts.set(entry.node.operator, (counts.get(entry.node.operator) ?? 0) + 1);
  }
  const weights = [...weightsOf(graph).values()];
  const sides = [...graph.outputs.keys()].includes('moments') ? 512 : 64;
  const sizes: Sizes = { batch: 1, height: sides, width: sides, tokens: 77 };
  const operations = Object.entries(operationsOf(graph, sizes));
  return [
    ...[...counts].toSorted().map(([operator, count]) => `${operator} ${count}`),
    `weights ${weights.length}`,
    `parameters ${weights.reduce((sum, shape) => sum + elementsOf(shape), 0)}`,
    ...operations.map(([kind, count]) => `operations ${kind} ${count}`),
    `sha256 ${createHash('sha256').update(print(graph)).digest('hex')}`,
    '',
  ].join('\n');
}

function assertGolden(file: string, actual: string): void {
  const path = join(import.meta.dirname, 'golden', file);
  if (process.env.GOLDEN === 'write') writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, 'utf8'));
}
