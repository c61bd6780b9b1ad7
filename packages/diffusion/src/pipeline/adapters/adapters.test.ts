/** Whole generations of a tiny random checkpoint with files that prompts name. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeAdapter } from '../../adapter/adapter-file.ts';
import { hashAdapter } from '../../adapter/hash-adapter.ts';
import type { GenerationEvent, TextToImageRequest } from '../../api.ts';
import { hashFile } from '../../checkpoint/hash-file.ts';
import { loadModel } from '../load-model.ts';
import { textToImage } from '../text-to-image.ts';
import type { AdapterLookup } from './lookup.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-adapters-'));
const scratchFolder = mkdtempSync(join(tmpdir(), 'bottega-scratch-'));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), {
  threads: 1,
  scratchFolder,
});
after(async () => {
  await model.dispose();
  assert.deepEqual(readdirSync(scratchFolder), [], 'nothing is left of weights that adapters changed');
  rmSync(folder, { recursive: true });
  rmSync(scratchFolder, { recursive: true });
});

const file = (name: string): string => join(folder, `${name}.safetensors`);
const attention = 'lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q';
const clip = 'lora_te_text_model_encoder_layers_0_mlp_fc1';
const low = (layer: string, inputs: number, outputs: number) => ({
  [`${layer}.lora_down.weight`]: [2, inputs],
  [`${layer}.lora_up.weight`]: [outputs, 2],
});
const paths: Readonly<Record<string, string>> = {
  ink: writeAdapter(file('ink'), { ...low(attention, 32, 32), ...low(clip, 32, 128) }),
  full: writeAdapter(file('full'), { [`${attention}.diff`]: [32, 32] }),
  xl: writeAdapter(file('xl'), low('lora_te2_text_model_encoder_layers_0_mlp_fc1', 32, 128)),
  empty: writeAdapter(file('empty'), {
    [`${attention}.lora_down.weight`]: { shape: [0, 32], values: [] },
    [`${attention}.lora_up.weight`]: { shape: [32, 0], values: [] },
  }),
  broken: writeAdapter(file('broken'), { [`${attention}.diff`]: { shape: [1], values: [NaN] } }),
};
const embeddings = [
  { name: 'style-x', path: writeAdapter(file('style-x'), { emb_params: [3, 32] }) },
  { name: 'bad', path: writeAdapter(file('bad'), { emb_params: [1, 32] }) },
  { name: 'cat', path: writeAdapter(file('cat'), { clip_l: [1, 32], clip_g: [1, 32] }) },
];
const adapters: AdapterLookup = {
  lora: (name) => (paths[name] === undefined ? undefined : { path: paths[name] }),
  embeddings,
};
const small: TextToImageRequest = { prompt: 'a', width: 32, height: 24, steps: 1, seed: 5, sampler: 'Euler' };

type Drawn = { readonly pixels: readonly number[]; readonly infotext: string; readonly warnings: string };
async function draw(prompt: string, negativePrompt = ''): Promise<Drawn> {
  const request = { ...small, prompt, negativePrompt };
  return drawnOf(await collect(textToImage(model, request, { adapters })));
}

function drawnOf(events: readonly GenerationEvent[]): Drawn {
  const [started] = events;
  const picture = events.find((event) => event.type === 'picture') ?? assert.fail();
  return {
    pixels: [...picture.image.data],
    infotext: picture.infotext,
    warnings: started.type === 'started' ? (started.warnings ?? []).join('\n') : '',
  };
}

/** The pixels where no file is known. */
async function drawWithout(prompt: string): Promise<readonly number[]> {
  const events: GenerationEvent[] = await collect(textToImage(model, { ...small, prompt }));
  const picture = events.find((event) => event.type === 'picture') ?? assert.fail();
  return [...picture.image.data];
}

test('adapters change pictures, each by its strengths, and leave the model as it was', async () => {
  const plain = await draw('a');
  const text = await draw('a<lora:ink:3:0>');
  const unet = await draw('a<lora:ink:0:3>');
  const both = await draw('a<lora:ink:3>');
  const pictures = [plain, text, unet, both, await draw('a<lora:full:2>')].map(({ pixels }) => pixels.join());
  assert.equal(new Set(pictures).size, pictures.length);
  assert.deepEqual((await draw('a<lora:ink:0>')).pixels, plain.pixels);
  assert.deepEqual((await draw('a<lora:ink:3:lbw=ALL>')).pixels, both.pixels);
  assert.deepEqual((await draw('a<lora:ink:3:lbw=NONE>')).pixels, plain.pixels);
  assert.deepEqual((await draw('a<lyco:ink:te=3:unet=3>')).pixels, both.pixels);
  assert.deepEqual((await draw('a')).pixels, plain.pixels);
});

test('a name that comes twice acts twice, as strongly as it comes last', async () => {
  assert.deepEqual(
    (await draw('a<lora:ink:9><lora:ink:1.5>')).pixels,
    (await draw('a<lora:ink:1.5> <lora:ink:1.5>')).pixels,
  );
});

test('infotext has the prompt as it was and the hashes of what acted', async () => {
  const { infotext, warnings } = await draw('a<lora:ink:0.5> <lora:full:1>');
  const [ink, full] = await Promise.all([paths.ink, paths.full].map(hashAdapter));
  assert.match(infotext, /^a<lora:ink:0.5> <lora:full:1>\n/);
  const hashes = `Lora hashes: "ink: ${ink.slice(0, 12)}, full: ${full.slice(0, 12)}"`;
  assert.ok(infotext.includes(hashes), infotext);
  assert.equal(warnings, '');
});

async function drawWith(samplerOptions: TextToImageRequest['samplerOptions']): Promise<Drawn> {
  const request = { ...small, prompt: 'a style-x <lora:ink:3>', samplerOptions };
  return drawnOf(await collect(textToImage(model, request, { adapters })));
}

test('adapters can be left out, and hashes too', async () => {
  const without = await drawWith({ disable_extra_networks: true });
  assert.deepEqual(without.pixels, (await draw('a style-x ')).pixels);
  assert.match(without.infotext, /^a style-x <lora:ink:3>\n.*TI hashes/);
  assert.doesNotMatch(without.infotext, /Lora hashes/);
  const silent = { lora_add_hashes_to_infotext: false, textual_inversion_add_hashes_to_infotext: false };
  assert.doesNotMatch((await drawWith(silent)).infotext, /hashes/);
});

test('the second pass may have adapters of its own', async () => {
  const hires = { scale: 2, upscaler: 'Latent', steps: 1, prompt: 'a <lora:full:1>' };
  const request = { ...small, prompt: 'a <lora:ink:1>', hires };
  const { infotext } = drawnOf(await collect(textToImage(model, request, { adapters })));
  assert.match(infotext, /Lora hashes: "ink: [0-9a-f]{12}, full: [0-9a-f]{12}"/);
});

test('what is not there is left out with a warning', async () => {
  const { pixels, warnings, infotext } = await draw('a<lora:nowhere:0.5:te=1><hyper:x>');
  assert.deepEqual(pixels, (await draw('a')).pixels);
  assert.match(warnings, /<lora:nowhere:0\.5:te=1> was left out: there is no such file/);
  assert.match(warnings, /<hyper:x> was left out/);
  assert.doesNotMatch(infotext, /hashes/);
});

test('files that cannot be used are refused before anything is drawn, each by its code', async () => {
  await assert.rejects(draw('a<lora:xl:1>'), {
    code: 'adapter.mismatch',
    message: /made for Stable Diffusion XL and does not fit tiny \(Stable Diffusion 1\)/,
  });
  await assert.rejects(draw('a<lora:empty:1>'), { code: 'adapter.malformed', message: /rank 0/ });
  await assert.rejects(draw('a<lora:broken:1>'), { code: 'adapter.not-finite' });
  await assert.rejects(draw('a<lora:ink:much>'), { code: 'request.invalid' });
});

test('embeddings are words of both prompts', async () => {
  const plain = await draw('a');
  const styled = await draw('a style-x');
  const avoided = await draw('a', 'bad');
  const spelled = await drawWithout('a style-x');
  assert.notDeepEqual(styled.pixels, plain.pixels);
  assert.notDeepEqual(styled.pixels, spelled);
  assert.notDeepEqual(avoided.pixels, plain.pixels);
});

test('infotext has the hashes of the embeddings that were used, the negative prompt’s last', async () => {
  const { infotext } = await draw('(style-x:1.2), a', 'bad');
  const [style, bad] = await Promise.all(embeddings.map(async ({ path }) => (await hashFile(path)).sha256));
  const hashes = `TI hashes: "style-x: ${style.slice(0, 12)}, bad: ${bad.slice(0, 12)}"`;
  assert.ok(infotext.includes(hashes), infotext);
  assert.doesNotMatch((await draw('badly')).infotext, /TI hashes/);
});

test('an embedding for another model stays a word, with a warning', async () => {
  const { pixels, warnings } = await draw('a cat');
  assert.deepEqual(pixels, await drawWithout('a cat'));
  assert.match(warnings, /"cat" was read as a word: .* was made for texts of width 32/);
});
