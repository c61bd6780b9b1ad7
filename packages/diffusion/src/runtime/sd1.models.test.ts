/** SD 1's networks against the original code's outputs; `facts/raw.json` says which and how. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNear, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import type { ModelFacts, ReferenceTensor } from '@bottega/testing';
import type { LoadOptions, SpeedMode } from '../api.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import type { Tensor } from '../tensor.ts';
import { networksOf } from './networks.ts';
import type { Networks } from './networks.ts';

/** Each set of facts with the checkpoint it was made from, and the VAE where it is apart. */
const sets: Readonly<
  Record<string, { readonly model: string; readonly file: string; readonly vae?: string }>
> = {
  sd1: { model: 'sd1-tiny', file: 'sd1-tiny.fp16' },
  'sd1.fp32': { model: 'sd1-tiny', file: 'sd1-tiny.fp32' },
  'sd1.bf16': { model: 'sd1-tiny', file: 'sd1-tiny.bf16' },
  'sd1.altvae': { model: 'sd1-tiny', file: 'sd1-tiny.fp16', vae: 'sd1-tiny-altvae' },
  'sd1-inpaint': { model: 'sd1-inpaint-tiny', file: 'sd1-inpaint-tiny.fp16' },
  'sd1-pix2pix': { model: 'sd1-pix2pix-tiny', file: 'sd1-pix2pix-tiny.fp16' },
};

const facts = readRawFacts();
const inputs = readTensors(join(modelsFolder, 'facts', facts.sets.sd1.file));
const pathOf = (file: string): string => join(modelsFolder, 'models', `${file}.safetensors`);

for (const [set, { model, file, vae }] of Object.entries(sets)) {
  if (facts.sets[set] === undefined) continue;
  const expected = readTensors(join(modelsFolder, 'facts', facts.sets[set].file));
  /** What is not in a set of its own is in the first: the other weights were run on the same inputs. */
  const tensorOf = (name: string): ReferenceTensor => {
    const found = expected.get(name) ?? inputs.get(name);
    assert.ok(found, `${name} is in the facts`);
    return found;
  };

  for (const mode of ['default', 'fast'] as const) {
    test(`${set} in the ${mode} mode computes what the original computes`, async (t) => {
      const weights = await openWeights(pathOf(file));
      const vaeWeights = await openWeights(pathOf(vae ?? file));
      await using networks = networksOf(weights, vaeWeights, optionsFor(facts.models[model], mode));
      for (const name of expected.keys()) {
        const [part, example, kind] = name.split('/');
        const run = runs[`${part}/${kind}`];
        if (run === undefined) continue;
        await t.test(name, async () => {
          const actual = await run(networks, (input) => tensorOf(`${part}/${example}/${input}`));
          assertNear(actual, tensorOf(name));
        });
      }
    });
  }
}

type Run = (networks: Networks, input: (name: string) => ReferenceTensor) => Promise<Tensor>;

/** How each fact is computed. */
const runs: Readonly<Record<string, Run>> = {
  'text/last_hidden_state': (networks, input) => encoded(networks, input, 1),
  'text/clip_skip2': (networks, input) => encoded(networks, input, 2),
  'text/clip_skip3': (networks, input) => encoded(networks, input, 3),
  'unet/out': ({ network }, input) =>
    network({ x: input('x'), timesteps: input('timesteps').data, context: input('context') }),
  'vae_decode/out': ({ decoder }, input) => decoder(input('z')),
  'vae_encode/moments': ({ encoder }, input) => encoder(input('x')),
};

async function encoded(networks: Networks, input: Parameters<Run>[1], clipSkip: number): Promise<Tensor> {
  return (await networks.textEncoders[0](tokensOf(input('ids')), clipSkip)).hidden;
}

function optionsFor(model: ModelFacts, mode: SpeedMode): LoadOptions {
  return { mode, threads: 1, overrides: { unetHeads: model.unet.num_heads, textHeads: model.clip_l?.heads } };
}

function tokensOf({ data, shape }: ReferenceTensor): readonly (readonly number[])[] {
  return Array.from({ length: shape[0] }, (_, row) => [
    ...data.subarray(row * shape[1], (row + 1) * shape[1]),
  ]);
}
