/** What the text encoders make of prompts with embeddings, against A1111; `facts/e2e.json` has the tokens. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Graph } from '@bottega/graph';
import { assertNear, modelsFolder, readRawFacts, readTensors } from '@bottega/testing';
import type { ModelFacts } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { readTensors as readWeights } from '../checkpoint/read-tensors.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { clipConfigOf } from '../models/clip/config.ts';
import { clipTextEncoder } from '../models/clip/text-encoder.ts';
import { openClipConfigOf } from '../models/open-clip/config.ts';
import { openClipTextEncoder } from '../models/open-clip/text-encoder.ts';
import type { Shapes } from '../models/shapes.ts';
import { openSession } from '../runtime/session.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { readEmbedding } from './read-embedding.ts';
import type { Embedding, EncoderName } from './read-embedding.ts';

type Chunk = {
  readonly tokens: readonly number[];
  readonly multipliers: readonly number[];
  /** Behind how many tokens after the start an embedding begins, and which. */
  readonly fixes: readonly (readonly [offset: number, name: string])[];
};
type Case = {
  readonly name: string;
  readonly model: string;
  readonly ti?: readonly (readonly [file: string, name: string])[];
  readonly token_chunks: readonly { readonly chunks: readonly Chunk[] }[];
};
type Encoder = {
  readonly name: EncoderName;
  readonly table: string;
  readonly graph: (shapes: Shapes, model: ModelFacts) => Graph;
  readonly output: string;
  /** OpenCLIP was trained with zeros behind the end. */
  readonly endsWithZeros: boolean;
};

const clip = (prefix: string, name: EncoderName, output: string): Encoder => ({
  name,
  table: `${prefix}.transformer.text_model.embeddings.token_embedding.weight`,
  graph: (shapes, { clip_l: facts }) =>
    clipTextEncoder(clipConfigOf(shapes, `${prefix}.transformer.text_model`, facts?.heads)),
  output,
  endsWithZeros: false,
});
const openClip = (prefix: string, name: EncoderName, output: string): Encoder => ({
  name,
  table: `${prefix}.token_embedding.weight`,
  graph: (shapes, { open_clip: facts }) =>
    openClipTextEncoder(openClipConfigOf(shapes, prefix, facts?.heads)),
  output,
  endsWithZeros: true,
});

const encoders: Readonly<Record<string, readonly Encoder[]>> = {
  'sd1-tiny': [clip('cond_stage_model', 'text', 'layer1')],
  'sd2-tiny': [openClip('cond_stage_model.model', 'text', 'layer2')],
  'sdxl-tiny': [
    clip('conditioner.embedders.0', 'clip_l', 'hidden2'),
    openClip('conditioner.embedders.1.model', 'clip_g', 'hidden2'),
  ],
};
const endToken = 599;

const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/e2e.json'), 'utf8')) as {
  readonly cases: readonly Case[];
};
const facts = readTensors(join(modelsFolder, 'facts/e2e.safetensors'));
const { models } = readRawFacts();

for (const { name, model, ti = [], token_chunks: texts } of cases) {
  const path = join(modelsFolder, 'models', model);
  const expected = facts.get(`${name}/cond`) ?? facts.get(`${name}/cond/crossattn`);
  if (ti.length === 0 || expected === undefined || !existsSync(path)) continue;
  const [chunk] = texts[0].chunks;
  // Emphasis is not this test's.
  if (chunk.multipliers.some((one) => one !== 1)) continue;

  test(`${name} is encoded as A1111 encodes it`, async () => {
    const file = await openWeights(path);
    const words = new Map(
      await Promise.all(
        ti.map(async ([one, word]) => [word, await readEmbedding(join(modelsFolder, 'ti', one))] as const),
      ),
    );
    const modelName = model.split('.')[0];
    const parts: Tensor[] = [];
    for (const encoder of encoders[modelName]) {
      const { extended, tokens } = await withWords(file, encoder, chunk, words);
      const graph = encoder.graph(shapesOf(extended), models[modelName]);
      const session = await openSession(graph, extended, { threads: 1 });
      const feed = { shape: [1, tokens.length], data: BigInt64Array.from(tokens, BigInt) };
      parts.push(await session.run({ tokens: feed }, encoder.output));
      await session.dispose();
    }
    assertNear(sideBySide(parts), expected);
  });
}

/** The checkpoint with the words' vectors behind its table of tokens, and the tokens that stand for them there. */
async function withWords(
  file: WeightFile,
  { table, name, endsWithZeros }: Encoder,
  chunk: Chunk,
  words: ReadonlyMap<string, Embedding>,
): Promise<{ readonly extended: WeightFile; readonly tokens: readonly number[] }> {
  const { shape, data } = (await readWeights(file, [table])).get(table) ?? assert.fail();
  const end = chunk.tokens.indexOf(endToken);
  const tokens = chunk.tokens.map((token, i) => (endsWithZeros && i > end ? 0 : token));
  const rows = [data];
  let vocabulary = shape[0];
  for (const [offset, word] of chunk.fixes) {
    const { count, vectors } = words.get(word) ?? assert.fail();
    for (let i = 0; i < count; i++) tokens[1 + offset + i] = vocabulary + i;
    vocabulary += count;
    rows.push(vectors[name]?.data ?? assert.fail());
  }
  const bytes = Buffer.concat(rows.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)));
  const stored = {
    type: 'f32',
    shape: [vocabulary, shape[1]],
    offset: 0,
    length: bytes.length,
    bytes,
  } as const;
  return { extended: { ...file, tensors: new Map([...file.tensors, [table, stored]]) }, tokens };
}

/** Encodings of the same tokens with their channels one after the other, without the batch. */
function sideBySide(parts: readonly Tensor[]): Tensor {
  const [, length] = parts[0].shape;
  const width = parts.reduce((sum, { shape }) => sum + shape[2], 0);
  const joined = tensor([length, width]);
  for (let row = 0; row < length; row++) {
    let at = row * width;
    for (const { shape, data } of parts) {
      joined.data.set(data.subarray(row * shape[2], (row + 1) * shape[2]), at);
      at += shape[2];
    }
  }
  return joined;
}
