/** What networks with adapters compute, against A1111; `facts/lora.json` says which adapters and how strong. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNear, modelsFolder, overridesOf, readTensors } from '@bottega/testing';
import type { ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { networksOf } from './networks.ts';
import type { DrawingNetworks } from './networks.ts';
import type { Tensor } from '../tensor.ts';

type Case = {
  readonly name: string;
  readonly model: string;
  readonly files: readonly string[];
  readonly te_multiplier: readonly number[];
  readonly unet_multiplier: readonly number[];
  readonly dyn_dim: number | null;
  /** "sd1.raw.safetensors text/short/*ids": a file of facts, and the tensors in it that the encoders are fed. */
  readonly text_input: string;
  /** "sd1.raw.safetensors unet/a/*" */
  readonly unet_input: string;
};
type Inputs = (name: string) => ReferenceTensor;

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/lora.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const facts = readTensors(join(modelsFolder, 'facts/lora.facts.safetensors'));

/** How each fact is computed; inputs by the ends of their names. */
const computed: Readonly<Record<string, (networks: DrawingNetworks, input: Inputs) => Promise<Tensor>>> = {
  'text/last_hidden_state': async (networks, input) => (await text(networks, 0, input('ids'))).hidden,
  'text/penultimate': async (networks, input) => (await text(networks, 0, input('ids'))).hidden,
  'text/l_hidden': async (networks, input) => (await text(networks, 0, input('l_ids'))).hidden,
  'text/g_penultimate': async (networks, input) => (await text(networks, 1, input('g_ids'))).hidden,
  'text/g_pooled': async (networks, input) =>
    (await text(networks, 1, input('g_ids'))).pooled ?? assert.fail(),
  'unet/out': ({ network }, input) =>
    network({
      x: input('x'),
      timesteps: input('timesteps').data,
      context: input('context'),
      vector: has(input, 'y'),
    }),
};

for (const one of cases) {
  const path = join(modelsFolder, 'models', one.model);
  // The repository keeps the first of the models only.
  if (!existsSync(path)) continue;

  for (const mode of one === cases[0] ? (['default', 'fast'] as const) : (['default'] as const)) {
    test(`${one.name} in the ${mode} mode computes what A1111 computes`, async (t) => {
      const file = await openWeights(path);
      await using plain = networksOf(file, file, { mode, threads: 1, overrides: overridesOf(one.model) });
      const networks = await plain.adapted(
        one.files.map((file, i) => ({
          path: join(modelsFolder, 'lora', file),
          text: one.te_multiplier[i],
          unet: one.unet_multiplier[i],
          rank: one.dyn_dim ?? undefined,
        })),
      );
      const inputs = { text: inputsOf(one.text_input), unet: inputsOf(one.unet_input) };
      let compared = 0;
      for (const [name, compute] of Object.entries(computed)) {
        const expected = facts.get(`${one.name}/${name}`);
        if (expected === undefined) continue;
        compared++;
        const input = name.startsWith('unet/') ? inputs.unet : inputs.text;
        await t.test(name, async () => assertNear(await compute(networks, input), expected));
      }
      assert.ok(compared > 0, 'the facts have something to compare with');
    });
  }
}

function inputsOf(where: string): Inputs {
  const [file, pattern] = where.split(' ');
  const given = readTensors(join(modelsFolder, 'facts', file));
  const folder = pattern.slice(0, pattern.lastIndexOf('/'));
  return (name) => given.get(`${folder}/${name}`) ?? assert.fail(`${folder}/${name} is in the facts`);
}

function text({ textEncoders }: DrawingNetworks, encoder: number, { shape, data }: ReferenceTensor) {
  const [count, length] = shape;
  const chunks = Array.from({ length: count }, (_, i) => [...data.subarray(i * length, (i + 1) * length)]);
  return textEncoders[encoder](chunks);
}

function has(input: Inputs, name: string): ReferenceTensor | undefined {
  try {
    return input(name);
  } catch {
    return undefined;
  }
}
