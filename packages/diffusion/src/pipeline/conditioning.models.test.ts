/** What the networks are told of prompts and sizes, against A1111; `facts/e2e.json` says which and how. */
import {
  assertNear,
  closeCases,
  conditioningCases,
  e2eTensors,
  lookupOf,
  openCase,
  rawSets,
  requestOf,
} from '@bottega/testing';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Condition } from '../denoiser/condition.ts';
import { useAdapters } from './adapters/use-adapters.ts';
import { useEmbeddings } from './adapters/use-embeddings.ts';
import { conditioningOf } from './conditioning.ts';
import { partsOf } from './load-model.ts';
import { prepareJob } from './prepare-job.ts';
import { waves } from './waves.ts';

after(closeCases);

for (const c of conditioningCases()) {
  test(`${c.name} is told what A1111 tells`, async () => {
    const model = await openCase(c);
    const parts = partsOf(model);
    const { request, plan, asked, modelOptions } = prepareJob(model, parts, requestOf(c), Infinity);
    const lookup = lookupOf(c);
    const adapted = await useAdapters(parts.networks, asked, lookup);
    const { plans, learned } = await useEmbeddings(parts.networks, lookup.embeddings ?? [], plan);
    const conditioning = await conditioningOf({
      family: parts.networks.family,
      encoders: adapted.networks.textEncoders,
      plans,
      learned,
      startId: parts.tokenizers[0].startId,
      endId: parts.tokenizers[0].endId,
      emphasis: request.emphasis,
      clipSkip: request.clipSkip,
      size: request.drawn,
      options: modelOptions,
    });
    const { positive, negative } = conditioning(1)(0);
    const compared =
      compare(`${c.name}/cond`, positive[0][0].condition) + compare(`${c.name}/uncond`, negative[0]);
    assert.ok(compared > 0, 'the facts have something to compare with');
  });
}

for (const { name: set, tensors } of rawSets()) {
  const told = [...tensors].filter(([name]) => /^vector\/.+\/out$/.test(name));
  if (told.length === 0) continue;
  test(`${set} is told sizes as the original tells them`, () => {
    for (const [name, expected] of told) {
      const sizes = tensors.get(name.replace(/out$/, 'sizes')) ?? assert.fail(name);
      assertNear({ shape: expected.shape, data: waves([...sizes.data]) }, expected);
    }
  });
}

/** How many tensors the facts have of a condition. */
function compare(name: string, { context, vector }: Condition): number {
  const pairs = [
    [e2eTensors().get(name), context],
    [e2eTensors().get(`${name}/crossattn`), context],
    [e2eTensors().get(`${name}/vector`), vector],
  ] as const;
  let compared = 0;
  for (const [expected, actual] of pairs) {
    if (expected === undefined) continue;
    assert.ok(actual);
    // Some facts keep a batch axis of one.
    assertNear({ shape: expected.shape, data: actual.data }, expected);
    compared++;
  }
  return compared;
}
