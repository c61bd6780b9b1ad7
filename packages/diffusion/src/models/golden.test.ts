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
import { sd15, sd1Layout, sdxlUnet } from '@bottega/testing';
import type { Sd1Sizes } from '@bottega/testing';
import { clipConfigOf, clipPrefixIn } from './clip/config.ts';
import { clipTextEncoder } from './clip/text-encoder.ts';
import { openClipTextEncoder } from './open-clip/text-encoder.ts';
import { unetConfigOf } from './unet/config.ts';
import type { UNetConfig } from './unet/config.ts';
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

const smallSdxl: UNetConfig = {
  ...sdxlUnet,
  channels: 32,
  levels: [
    { channels: 32, residualBlocks: 1, depth: 0 },
    { channels: 64, residualBlocks: 1, depth: 2 },
  ],
  middleDepth: 1,
  contextWidth: 48,
  vectorWidth: 20,
  heads: { channels: 16 },
};

const smallOpenClip = {
  prefix: 'conditioner.embedders.1.model',
  vocabulary: 100,
  positions: 77,
  width: 64,
  layers: 2,
  heads: 4,
  innerWidth: 256,
  pooledWidth: 32,
};

test('the small SDXL UNet is the graph it was', () => {
  assertGolden('small-sdxl-unet.txt', print(unet(smallSdxl)));
});

test('the small OpenCLIP text encoder is the graph it was', () => {
  assertGolden('small-open-clip.txt', print(openClipTextEncoder(smallOpenClip)));
});

test('the UNets have as many parameters as those published', () => {
  assert.equal(parametersOf(graphsOf(sd15).unet), 859_520_964);
  assert.equal(parametersOf(unet(sdxlUnet)), 2_567_463_684);
  const sd2 = { ...unetConfigOf(sd1Layout(sd15)), contextWidth: 1024, projections: 'matrix' } as const;
  assert.equal(parametersOf(unet(sd2)), 865_910_724);
});

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
  const sides = [...graph.outputs.keys()].includes('moments') ? 512 : 64;
  const sizes: Sizes = { batch: 1, height: sides, width: sides, tokens: 77 };
  const operations = Object.entries(operationsOf(graph, sizes));
  return [
    ...[...counts].toSorted().map(([operator, count]) => `${operator} ${count}`),
    `weights ${weightsOf(graph).size}`,
    `parameters ${parametersOf(graph)}`,
    ...operations.map(([kind, count]) => `operations ${kind} ${count}`),
    `sha256 ${createHash('sha256').update(print(graph)).digest('hex')}`,
    '',
  ].join('\n');
}

function parametersOf(graph: Graph): number {
  return [...weightsOf(graph).values()].reduce((sum, shape) => sum + elementsOf(shape), 0);
}

function assertGolden(file: string, actual: string): void {
  const path = join(import.meta.dirname, 'golden', file);
  if (process.env.GOLDEN === 'write') writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, 'utf8'));
}
