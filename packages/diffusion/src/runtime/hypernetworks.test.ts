/** A hypernetwork of one linear layer L without a bias is the same as weights W (1 + strength * L). */
import { assertClose, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeAdapter } from '../adapter/adapter-file.ts';
import type { Filling } from '../adapter/adapter-file.ts';
import { product } from '../adapter/matrix.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { integer, program, pushTensor, text, torchArchive } from '../checkpoint/pickle/torch-archive.ts';
import { readTensors } from '../checkpoint/read-tensors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { openNetworks } from './networks.ts';
import type { DrawingNetworks } from './networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-hypernetworks-'));
after(() => rmSync(folder, { recursive: true }));
const path = writeTinyCheckpoint(join(folder, 'tiny.safetensors'), { precision: 'f32' });
const width = 32;
const wave = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * i * 0.37) / 8);
const layers = { keys: wave(width * width, 1), values: wave(width * width, 2) };

const bytes = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer);

/** As `torch.save({32: ({"linear.0.weight": ...}, {...})}, path)` writes it. */
function writeHypernetwork(name: string, size: number): string {
  const module = (key: string, biasKey: string): Buffer =>
    program(
      '}(',
      text('linear.0.weight'),
      pushTensor({ type: 'f32', shape: [size, size], count: size * size, key }),
      text('linear.0.bias'),
      pushTensor({ type: 'f32', shape: [size], count: size, key: biasKey }),
      'u',
    );
  const pickle = program('\x80\x02}', integer(size), module('0', '2'), module('1', '2'), '\x86s.');
  const storages = new Map([
    ['0', bytes(layers.keys.slice(0, size * size))],
    ['1', bytes(layers.values.slice(0, size * size))],
    ['2', bytes(new Float32Array(size))],
  ]);
  writeFileSync(join(folder, name), torchArchive(pickle, storages));
  return join(folder, name);
}
const hypernetwork = writeHypernetwork('one.pt', width);

async function evaluate({ network }: DrawingNetworks): Promise<Tensor> {
  return await network({
    x: tensor(
      [2, 4, 6, 8],
      wave(384, 3).map((value) => value * 8),
    ),
    timesteps: Float32Array.of(10, 900),
    context: tensor(
      [2, 77, width],
      wave(2 * 77 * width, 4).map((value) => value * 8),
    ),
  });
}

test('keys and values of every attention of its width listen to it', async () => {
  await using networks = await openNetworks(path, { threads: 1 });
  const strength = 0.6;
  const file = await openWeights(path);
  const names = [...file.tensors.keys()].filter((name) => /\.attn[12]\.to_[kv]\.weight$/.test(name));
  const heard = [...(await readTensors(file, names))].filter(([, { shape }]) => shape[1] === width);
  assert.ok(heard.length >= 4 && heard.length < names.length, 'some attention has another width');
  const diffs = heard.map(([name, matrix]): readonly [string, Filling] => {
    const layer = tensor([width, width], name.includes('to_k') ? layers.keys : layers.values);
    const { shape, data } = product(matrix, layer);
    const inner = name.slice('model.diffusion_model.'.length, -'.weight'.length).replaceAll('.', '_');
    return [`lora_unet_${inner}.diff`, { shape, values: [...data] }];
  });
  const merged = writeAdapter(join(folder, 'merged.safetensors'), Object.fromEntries(diffs));

  const plain = await evaluate(networks);
  const changed = await evaluate(await networks.adapted([], [{ path: hypernetwork, strength }]));
  const expected = await evaluate(await networks.adapted([{ path: merged, text: 0, unet: strength }]));
  assert.ok(changed.data.some((value, i) => Math.abs(value - plain.data[i]) > 1e-3));
  assertClose(changed.data, expected.data, 1e-4);
  const none = await evaluate(await networks.adapted([], [{ path: hypernetwork, strength: 0 }]));
  assert.deepEqual(none.data, plain.data);
});

test('hypernetworks and adapters act together, one after the other', async () => {
  await using networks = await openNetworks(path, { threads: 1 });
  const layer = 'lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_k';
  const low = writeAdapter(join(folder, 'low.safetensors'), {
    [`${layer}.lora_down.weight`]: [2, width],
    [`${layer}.lora_up.weight`]: [32, 2],
  });
  const lora = { path: low, text: 1, unet: 5 };
  const hyper = { path: hypernetwork, strength: 0.6 };
  const results = [
    await networks.adapted([lora]),
    await networks.adapted([], [hyper]),
    await networks.adapted([lora], [hyper]),
    await networks.adapted([lora], [hyper, hyper]),
  ];
  const outputs = [];
  for (const one of results) outputs.push((await evaluate(one)).data.join());
  assert.equal(new Set(outputs).size, 4);
});

test('one for another model is refused, and says for which', async () => {
  await using networks = await openNetworks(path, { threads: 1 });
  const other = writeHypernetwork('other.pt', 24);
  await assert.rejects(networks.adapted([], [{ path: other, strength: 1 }]), {
    code: 'adapter.mismatch',
    message: /made for attention of width 24 and does not fit tiny/,
  });
});
