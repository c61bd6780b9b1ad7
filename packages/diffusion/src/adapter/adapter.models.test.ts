/** Adapters against A1111: weights after applying them, and what the networks compute then; `facts/lora.json`. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Graph } from '@bottega/graph';
import { assertNear, collect, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import type { ModelFacts, ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { StoredTensor, WeightFile } from '../checkpoint/weight-file.ts';
import { clipConfigOf } from '../models/clip/config.ts';
import { clipTextEncoder } from '../models/clip/text-encoder.ts';
import { openClipConfigOf, openClipPrefixIn } from '../models/open-clip/config.ts';
import { openClipTextEncoder } from '../models/open-clip/text-encoder.ts';
import type { Shapes } from '../models/shapes.ts';
import { unetConfigOf } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';
import { openSession } from '../runtime/session.ts';
import type { Tensor } from '../tensor.ts';
import { changedWeights } from './change-weights.ts';
import { fitAdapter } from './fit-adapter.ts';
import { readAdapter } from './read-adapter.ts';

type Case = {
  readonly name: string;
  readonly model: string;
  readonly files: readonly string[];
  readonly te_multiplier: readonly number[];
  readonly unet_multiplier: readonly number[];
  readonly dyn_dim: number | null;
  readonly unet_input: string;
  readonly changed_keys: readonly string[];
  readonly matched_modules: readonly { readonly network: string; readonly key: string }[];
};

/** The graph that computes a fact of some name, what it is fed, and which of its outputs is meant. */
type Computed = {
  readonly graph: (shapes: Shapes, model: ModelFacts) => Graph;
  readonly feeds: Readonly<Record<string, string>>;
  readonly output: string;
};

const openClip: Computed['graph'] = (shapes, model) =>
  openClipTextEncoder(openClipConfigOf(shapes, openClipPrefixIn(shapes) ?? '', model.open_clip?.heads));
const clipUnder =
  (prefix: string): Computed['graph'] =>
  (shapes, model) =>
    clipTextEncoder(clipConfigOf(shapes, `${prefix}.transformer.text_model`, model.clip_l?.heads));

const computed: Readonly<Record<string, Computed>> = {
  'text/last_hidden_state': {
    graph: clipUnder('cond_stage_model'),
    feeds: { tokens: 'text/short/ids' },
    output: 'layer1',
  },
  'text/last': { graph: openClip, feeds: { tokens: 'text/short/ids' }, output: 'layer1' },
  'text/penultimate': { graph: openClip, feeds: { tokens: 'text/short/ids' }, output: 'layer2' },
  'text/l_hidden': {
    graph: clipUnder('conditioner.embedders.0'),
    feeds: { tokens: 'text/short/l_ids' },
    output: 'hidden2',
  },
  'text/g_penultimate': { graph: openClip, feeds: { tokens: 'text/short/g_ids' }, output: 'hidden2' },
  'text/g_pooled': { graph: openClip, feeds: { tokens: 'text/short/g_ids' }, output: 'pooled' },
  'unet/out': {
    graph: (shapes, { unet: { num_heads: count, num_head_channels: channels = 64 } }) =>
      unet(unetConfigOf(shapes, count === undefined ? { channels } : { count })),
    feeds: { x: 'unet/a/x', timesteps: 'unet/a/timesteps', context: 'unet/a/context', vector: 'unet/a/y' },
    output: 'out',
  },
};

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/lora.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const facts = readTensors(join(modelsFolder, 'facts/lora.facts.safetensors'));
const { models } = readRawFacts();

for (const one of cases) {
  const path = join(modelsFolder, 'models', one.model);
  // The repository keeps the first of the models only.
  if (!existsSync(path)) continue;

  test(`${one.name} changes the weights as A1111 does`, async (t) => {
    const file = await openWeights(path);
    const changed = await changedBy(one, file);
    const known = [...changed.keys()].filter((name) => file.tensors.has(name));
    assert.deepEqual(known.toSorted(), one.changed_keys.toSorted());
    for (const [name, expected] of factsOf(one, 'effective/')) {
      await t.test(name, () => assertNear(changed.get(name) ?? assert.fail(), expected));
    }

    // A bias that a layer does not have has no place in the graph; its effect cannot be compared.
    const addsBias = known.length < changed.size;
    const adapted = { ...file, tensors: new Map([...file.tensors, ...[...changed].map(stored)]) };
    const inputs = readTensors(join(modelsFolder, 'facts', one.unet_input.split(' ')[0]));
    for (const [name, { graph, feeds, output }] of Object.entries(computed)) {
      const expected = facts.get(`${one.name}/${name}`);
      if (expected === undefined || (addsBias && name === 'unet/out')) continue;
      await t.test(name, async () => {
        const model = models[one.model.split('.')[0]];
        const session = await openSession(graph(shapesOf(adapted), model), adapted, { threads: 1 });
        const given = Object.entries(feeds).flatMap(([feed, from]) => {
          const tensor = inputs.get(from);
          return tensor === undefined ? [] : [[feed, feed === 'tokens' ? integers(tensor) : tensor] as const];
        });
        assertNear(await session.run(Object.fromEntries(given), output), expected);
        await session.dispose();
      });
    }
  });
}

test('a layer that no model has is left out, and said', async () => {
  const adapter = await readAdapter(join(modelsFolder, 'lora/sd1-kohya.safetensors'));
  const file = await openWeights(join(modelsFolder, 'models/sd1-tiny.fp16.safetensors'));
  const { unmatched, layers } = fitAdapter(adapter, shapesOf(file), 'sd1-tiny');
  assert.deepEqual(unmatched, ['unknown_block_9']);
  assert.equal(layers.length, cases[0].matched_modules.length);
});

test('an adapter for another architecture is refused, which is named', async () => {
  const file = await openWeights(join(modelsFolder, 'models/sd1-tiny.fp16.safetensors'));
  const adapter = await readAdapter(join(modelsFolder, 'lora/sdxl-kohya.safetensors'));
  assert.throws(() => fitAdapter(adapter, shapesOf(file), 'sd1-tiny'), {
    code: 'adapter.mismatch',
    message: /was made for Stable Diffusion XL and does not fit sd1-tiny \(Stable Diffusion 1\)/,
  });
});

async function changedBy(one: Case, file: WeightFile): Promise<ReadonlyMap<string, Tensor>> {
  const adapters = await Promise.all(one.files.map((name) => readAdapter(join(modelsFolder, 'lora', name))));
  const uses = adapters.map((adapter, i) => ({
    fitted: fitAdapter(adapter, shapesOf(file), one.model),
    text: one.te_multiplier[i],
    unet: one.unet_multiplier[i],
    rank: one.dyn_dim ?? undefined,
  }));
  return new Map(await collect(changedWeights(file, uses)));
}

function factsOf(one: Case, kind: string): readonly (readonly [name: string, tensor: ReferenceTensor])[] {
  const prefix = `${one.name}/${kind}`;
  return [...facts]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, tensor]) => [name.slice(prefix.length), tensor]);
}

function stored([name, { shape, data }]: readonly [string, Tensor]): readonly [string, StoredTensor] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [name, { type: 'f32', shape, offset: 0, length: bytes.length, bytes }];
}

function integers({ shape, data }: ReferenceTensor) {
  return { shape, data: BigInt64Array.from(data, BigInt) };
}
