/** What networks with adapters compute, against A1111; `facts/lora.json` says which adapters and how strong. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNear, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
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
  readonly unet_input: string;
};
type Inputs = (name: string) => ReferenceTensor;

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/lora.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const facts = readTensors(join(modelsFolder, 'facts/lora.facts.safetensors'));
const { models } = readRawFacts();

/** How each fact is computed. */
const computed: Readonly<Record<string, (networks: DrawingNetworks, input: Inputs) => Promise<Tensor>>> = {
  'text/last_hidden_state': async (networks, input) =>
    (await text(networks, 0, input('text/short/ids'))).hidden,
  'text/penultimate': async (networks, input) => (await text(networks, 0, input('text/short/ids'))).hidden,
  'text/l_hidden': async (networks, input) => (await text(networks, 0, input('text/short/l_ids'))).hidden,
  'text/g_penultimate': async (networks, input) =>
    (await text(networks, 1, input('text/short/g_ids'))).hidden,
  'text/g_pooled': async (networks, input) =>
    (await text(networks, 1, input('text/short/g_ids'))).pooled ?? assert.fail(),
  'unet/out': ({ network }, input) =>
    network({
      x: input('unet/a/x'),
      timesteps: input('unet/a/timesteps').data,
      context: input('unet/a/context'),
      vector: has(input, 'unet/a/y'),
    }),
};

for (const one of cases) {
  const path = join(modelsFolder, 'models', one.model);
  // The repository keeps the first of the models only.
  if (!existsSync(path)) continue;

  for (const mode of one === cases[0] ? (['default', 'fast'] as const) : (['default'] as const)) {
    test(`${one.name} in the ${mode} mode computes what A1111 computes`, async (t) => {
      const { unet, clip_l: clip, open_clip: openClip } = models[one.model.split('.')[0]];
      const overrides = {
        unetHeads: unet.num_heads,
        unetHeadChannels: unet.num_head_channels,
        textHeads: clip?.heads,
        openClipHeads: openClip?.heads,
      };
      const file = await openWeights(path);
      await using plain = networksOf(file, file, { mode, threads: 1, overrides });
      const networks = await plain.adapted(
        one.files.map((file, i) => ({
          path: join(modelsFolder, 'lora', file),
          text: one.te_multiplier[i],
          unet: one.unet_multiplier[i],
          rank: one.dyn_dim ?? undefined,
        })),
      );
      const given = readTensors(join(modelsFolder, 'facts', one.unet_input.split(' ')[0]));
      const input: Inputs = (name) => given.get(name) ?? assert.fail(`${name} is in the facts`);
      for (const [name, compute] of Object.entries(computed)) {
        const expected = facts.get(`${one.name}/${name}`);
        if (expected === undefined) continue;
        await t.test(name, async () => assertNear(await compute(networks, input), expected));
      }
    });
  }
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
