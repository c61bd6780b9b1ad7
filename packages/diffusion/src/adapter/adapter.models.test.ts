/** Weights after applying adapters, against A1111; `facts/lora.json` says which and how strong. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNear, collect, keptModelsFolder, modelsFolder, readTensors } from '@bottega/testing';
import type { ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
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
  readonly changed_keys: readonly string[];
  readonly matched_modules: readonly { readonly network: string; readonly key: string }[];
};

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/lora.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const facts = readTensors(join(modelsFolder, 'facts/lora.facts.safetensors'));

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
  });
}

test('a layer that no model has is left out, and said', async () => {
  const adapter = await readAdapter(join(keptModelsFolder, 'lora/sd1-kohya.safetensors'));
  const file = await openWeights(join(keptModelsFolder, 'models/sd1-tiny.fp16.safetensors'));
  const { unmatched, layers } = fitAdapter(adapter, shapesOf(file), 'sd1-tiny');
  assert.deepEqual(unmatched, ['unknown_block_9']);
  assert.equal(layers.length, 32);
});

test('an adapter for another architecture is refused, which is named', async () => {
  const file = await openWeights(join(keptModelsFolder, 'models/sd1-tiny.fp16.safetensors'));
  const adapter = await readAdapter(join(keptModelsFolder, 'lora/sdxl-kohya.safetensors'));
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
