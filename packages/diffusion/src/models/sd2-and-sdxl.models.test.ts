/** The networks of SD 2 and SDXL against the original code's outputs, as for SD 1; `facts/raw.json` explains them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Graph } from '@bottega/graph';
import { assertNear, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import type { ModelFacts, ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { openSession } from '../runtime/session.ts';
import type { Session } from '../runtime/session.ts';
import { clipConfigOf } from './clip/config.ts';
import { clipTextEncoder } from './clip/text-encoder.ts';
import { noWords } from './no-words.ts';
import { openClipConfigOf, openClipPrefixIn } from './open-clip/config.ts';
import { openClipTextEncoder } from './open-clip/text-encoder.ts';
import type { Shapes } from './shapes.ts';
import { unetConfigOf } from './unet/config.ts';
import { unet } from './unet/unet.ts';
import { vaeConfigOf } from './vae/config.ts';
import { vaeDecoder } from './vae/decoder.ts';
import { vaeEncoder } from './vae/encoder.ts';

type Parts = Readonly<Record<string, Graph>>;
/** The part that computes a fact, what it is fed from which tensors, and which of its outputs is meant. */
type Fact = {
  readonly part: string;
  readonly feeds: Readonly<Record<string, string>>;
  readonly output: string;
};

const pictures: Readonly<Record<string, Fact>> = {
  'vae_decode/out': { part: 'decoder', feeds: { latents: 'z' }, output: 'pixels' },
  'vae_encode/moments': { part: 'encoder', feeds: { pixels: 'x' }, output: 'moments' },
};
const noise = { x: 'x', timesteps: 'timesteps', context: 'context' };

const facts: Readonly<Record<string, Readonly<Record<string, Fact>>>> = {
  sd2: {
    ...pictures,
    'unet/out': { part: 'unet', feeds: noise, output: 'out' },
    'text/penultimate': { part: 'openClip', feeds: { tokens: 'ids' }, output: 'layer2' },
    'text/last': { part: 'openClip', feeds: { tokens: 'ids' }, output: 'layer1' },
  },
  sdxl: {
    ...pictures,
    'unet/out': { part: 'unet', feeds: { ...noise, vector: 'y' }, output: 'out' },
    'text/l_hidden': { part: 'clip', feeds: { tokens: 'l_ids' }, output: 'hidden2' },
    'text/g_penultimate': { part: 'openClip', feeds: { tokens: 'g_ids' }, output: 'hidden2' },
    'text/g_pooled': { part: 'openClip', feeds: { tokens: 'g_ids' }, output: 'pooled' },
  },
};

function partsOf(shapes: Shapes, model: ModelFacts): Parts {
  const { num_head_channels: channels = 64 } = model.unet;
  const vae = vaeConfigOf(shapes, 'first_stage_model.');
  const openClip = openClipConfigOf(shapes, openClipPrefixIn(shapes) ?? '', model.open_clip?.heads);
  const clipPrefix = 'conditioner.embedders.0.transformer.text_model';
  return {
    unet: unet(unetConfigOf(shapes, { channels })),
    openClip: openClipTextEncoder(openClip),
    decoder: vaeDecoder(vae),
    encoder: vaeEncoder(vae),
    ...(model.clip_l && { clip: clipTextEncoder(clipConfigOf(shapes, clipPrefix, model.clip_l.heads)) }),
  };
}

const { sets, models } = readRawFacts();
for (const [set, computed] of Object.entries(facts)) {
  if (sets[set] === undefined) continue;
  const expected = readTensors(join(modelsFolder, 'facts', sets[set].file));

  test(`${set} computes what the original computes`, async (t) => {
    const file = await openWeights(join(modelsFolder, 'models', `${set}-tiny.fp16.safetensors`));
    const parts = partsOf(shapesOf(file), models[`${set}-tiny`]);
    const sessions = new Map<string, Session>();
    for (const [name, tensor] of expected) {
      const [area, example, kind] = name.split('/');
      const fact = computed[`${area}/${kind}`];
      if (fact === undefined) continue;
      await t.test(name, async () => {
        const session =
          sessions.get(fact.part) ?? (await openSession(parts[fact.part], file, { threads: 1 }));
        sessions.set(fact.part, session);
        const feeds = Object.entries(fact.feeds).map(([input, from]) => {
          const given = expected.get(`${area}/${example}/${from}`);
          assert.ok(given, `${area}/${example}/${from} is in the facts`);
          return [input, input === 'tokens' ? integers(given) : given] as const;
        });
        const all = { ...Object.fromEntries(feeds), ...noWords(parts[fact.part]) };
        assertNear(await session.run(all, fact.output), tensor);
      });
    }
    for (const session of sessions.values()) await session.dispose();
  });
}

function integers({ shape, data }: ReferenceTensor) {
  return { shape, data: BigInt64Array.from(data, BigInt) };
}
