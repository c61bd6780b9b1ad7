import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeAdapter } from '../adapter/adapter-file.ts';
import type { Filling } from '../adapter/adapter-file.ts';
import { readEmbedding, requireFit } from './read-embedding.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-embedding-'));
after(() => rmSync(folder, { recursive: true }));
const written = (tensors: Readonly<Record<string, Filling>>): string =>
  writeAdapter(join(folder, 'word.safetensors'), tensors);

const data = join(import.meta.dirname, '../../test-data/models-reference/ti');

/** The last number of each, read apart from the engine. */
const files: Readonly<Record<string, readonly [shape: readonly number[], last: number]>> = {
  'emb-params.safetensors': [[3, 64], 0.22387219965457916],
  'sd2-emb.safetensors': [[2, 64], 1.4995503425598145],
  'a1111-style.pt': [[2, 64], -0.2572019696235657],
  'paramdict.pt': [[2, 64], -0.7207244634628296],
  'legacy-nonzip.pt': [[1, 64], -0.33372828364372253],
  'diffusers-concept.bin': [[1, 64], -0.12875695526599884],
};

for (const [file, [shape, last]] of Object.entries(files)) {
  test(`${file} has the vectors of a word`, async () => {
    const { vectors, count } = await readEmbedding(join(data, file));
    const { text } = vectors;
    assert.deepEqual(text?.shape, shape);
    assert.equal(count, shape[0]);
    assert.equal(text.data.at(-1), last);
  });
}

test('half precision is widened', async () => {
  const { vectors } = await readEmbedding(join(data, 'diffusers-concept-fp16.bin'));
  assert.deepEqual(vectors.text?.shape, [1, 64]);
  assert.ok(vectors.text.data.every((value) => Math.abs(value) < 8 && Math.abs(value) > 1e-6));
});

test('SDXL has vectors for both of its encoders', async () => {
  const { vectors, count } = await readEmbedding(join(data, 'sdxl-emb.safetensors'));
  assert.deepEqual([vectors.clip_l?.shape, vectors.clip_g?.shape, count], [[2, 32], [2, 40], 2]);
});

test('vectors for encoders that SDXL does not have are left out', async () => {
  const { vectors } = await readEmbedding(written({ clip_l: [2, 4], clip_g: [2, 6], t5xxl: [2, 8] }));
  assert.deepEqual(Object.keys(vectors).toSorted(), ['clip_g', 'clip_l']);
});

test('what the file says of its training is kept', async () => {
  const { name, step, checkpoint } = await readEmbedding(join(data, 'a1111-style.pt'));
  assert.deepEqual([name, step, checkpoint], ['a1111-style', 499, { hash: 'deadbeef', name: 'sd1-tiny' }]);
});

const refused: readonly (readonly [
  what: string,
  tensors: Readonly<Record<string, Filling>>,
  message: RegExp,
])[] = [
  ['two words', { a: [1, 768], b: [1, 768] }, /2 tensors/],
  ['no vectors', { emb_params: [0, 768] }, /0x768/],
  ['a picture', { emb_params: [1, 3, 8, 8] }, /1x3x8x8/],
  ['more than a chunk of tokens', { emb_params: [76, 4] }, /76x4/],
  ['NaN', { emb_params: { shape: [1, 2], values: [NaN, 1] } }, /NaN/],
  ['encoders of unequal length', { clip_l: [1, 768], clip_g: [2, 1280] }, /are no words/],
];

for (const [what, tensors, message] of refused) {
  test(`an embedding of ${what} is refused`, async () => {
    await assert.rejects(readEmbedding(written(tensors)), { code: 'embedding.malformed', message });
  });
}

test('an embedding for another architecture is refused, which is named', async () => {
  const forSd2 = await readEmbedding(written({ emb_params: [1, 1024] }));
  assert.throws(() => requireFit(forSd2, { text: 768 }, 'SD 1.5'), {
    code: 'embedding.mismatch',
    message: /made for Stable Diffusion 2 and does not fit SD 1\.5/,
  });
  const forSdxl = await readEmbedding(written({ clip_l: [1, 768], clip_g: [1, 1280] }));
  assert.throws(() => requireFit(forSdxl, { text: 768 }, 'SD 1.5'), {
    message: /made for Stable Diffusion XL/,
  });
  requireFit(forSdxl, { clip_g: 1280, clip_l: 768 }, 'SDXL');
});
