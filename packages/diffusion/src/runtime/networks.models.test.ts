/** The networks of every kind of checkpoint against the original code's outputs; `facts/raw.json` says which and how. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNear, overridesFrom, rawSets } from '@bottega/testing';
import type { ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { openClipConfigOf, openClipPrefixIn } from '../models/open-clip/config.ts';
import { openClipTextEncoder } from '../models/open-clip/text-encoder.ts';
import { noWords } from '../models/no-words.ts';
import type { Tensor } from '../tensor.ts';
import { networksOf } from './networks.ts';
import type { Networks } from './networks.ts';
import { openSession } from './session.ts';

type Given = (name: string) => ReferenceTensor;
type Run = (networks: Networks, given: Given) => Promise<Tensor>;

/** How each fact is computed, from the facts beside it. */
const runs: Readonly<Record<string, Run>> = {
  'text/last_hidden_state': (networks, given) => hiddenOf(networks, 'clip', given('ids'), 1),
  'text/clip_skip2': (networks, given) => hiddenOf(networks, 'clip', given('ids'), 2),
  'text/clip_skip3': (networks, given) => hiddenOf(networks, 'clip', given('ids'), 3),
  'text/penultimate': (networks, given) => hiddenOf(networks, 'open-clip', given('ids')),
  'text/l_hidden': (networks, given) => hiddenOf(networks, 'clip', given('l_ids')),
  'text/g_penultimate': (networks, given) => hiddenOf(networks, 'open-clip', given('g_ids')),
  'text/g_pooled': async (networks, given) => {
    const { pooled } = await encoderOf(networks, 'open-clip')(tokensOf(given('g_ids')));
    return pooled ?? assert.fail('the encoder gives a pooled text');
  },
  'unet/out': ({ network, configs }, given) =>
    network({
      x: given('x'),
      timesteps: given('timesteps').data,
      context: given('context'),
      ...(configs.unet.vectorWidth > 0 && { vector: given('y') }),
    }),
  'vae_decode/out': ({ decoder }, given) => decoder(given('z')),
  'vae_encode/moments': ({ encoder }, given) => encoder(given('x')),
};

const sets = rawSets();
assert.ok(sets.length > 0, 'there are facts, and the checkpoints that they are of');

for (const { name: set, path, vae, facts, tensors, inputs } of sets) {
  const givenFor =
    (example: string): Given =>
    (name) =>
      tensors.get(`${example}/${name}`) ?? inputs.get(`${example}/${name}`) ?? assert.fail(name);

  for (const mode of ['default', 'fast'] as const) {
    test(`${set} in the ${mode} mode computes what the original computes`, async (t) => {
      const weights = await openWeights(path);
      const vaeWeights = vae === undefined ? weights : await openWeights(vae);
      const options = { mode, threads: 1, overrides: overridesFrom(facts) };
      await using networks = networksOf(weights, vaeWeights, options);
      let computed = 0;
      for (const [name, expected] of tensors) {
        const [part, example, kind] = name.split('/');
        const run = runs[`${part}/${kind}`];
        if (run === undefined) continue;
        computed++;
        await t.test(name, async () =>
          assertNear(await run(networks, givenFor(`${part}/${example}`)), expected),
        );
      }
      assert.ok(computed > 0, 'the facts have something to compare with');
    });
  }

  const last = [...tensors].filter(([name]) => /^text\/.+\/last$/.test(name));
  if (last.length === 0) continue;
  // No model listens to the last layer of its OpenCLIP encoder, so the graph is asked.
  test(`${set} computes the last layer of OpenCLIP`, async (t) => {
    const weights = await openWeights(path);
    const shapes = shapesOf(weights);
    const config = openClipConfigOf(shapes, openClipPrefixIn(shapes) ?? '', facts.open_clip?.heads);
    const graph = openClipTextEncoder(config);
    const session = await openSession(graph, weights, { threads: 1 });
    for (const [name, expected] of last) {
      await t.test(name, async () => {
        const { shape, data } = givenFor(name.slice(0, name.lastIndexOf('/')))('ids');
        const tokens = { shape, data: BigInt64Array.from(data, BigInt) };
        assertNear(await session.run({ tokens, ...noWords(graph) }, 'layer1'), expected);
      });
    }
    await session.dispose();
  });
}

/** The first encoder of a kind; SDXL has one of each, SD 1 and 2 and the refiner have one. */
function encoderOf({ textEncoders, configs }: Networks, kind: 'clip' | 'open-clip') {
  const index = configs.text.findIndex(({ layout }) => (layout === undefined) === (kind === 'clip'));
  return textEncoders[index] ?? assert.fail(`the model has ${kind}`);
}

async function hiddenOf(
  networks: Networks,
  kind: 'clip' | 'open-clip',
  ids: ReferenceTensor,
  clipSkip?: number,
): Promise<Tensor> {
  return (await encoderOf(networks, kind)(tokensOf(ids), clipSkip)).hidden;
}

function tokensOf({ data, shape: [count, length] }: ReferenceTensor): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, row) => [...data.subarray(row * length, (row + 1) * length)]);
}
