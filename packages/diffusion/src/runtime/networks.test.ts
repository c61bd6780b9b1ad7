import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { assertClose, writeRandomCheckpoint, writeTinyCheckpoint } from '@bottega/testing';
import { openWeights } from '../checkpoint/open-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { openNetworks } from './networks.ts';
import type { Networks } from './networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-networks-'));
after(() => rmSync(folder, { recursive: true }));
const tiny = writeTinyCheckpoint(join(folder, 'tiny.safetensors'));
const options = { threads: 1 };

const tokens = [49406, ...Array.from({ length: 76 }, (_, i) => (i * 4099) % 49408)];

function wave(shape: readonly number[], seed = 1): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.sin(seed * i * i)),
  );
}

test('batches equal single pictures, and sizes need not be even', async () => {
  await using networks = await openNetworks(tiny, options);
  const [encode] = networks.textEncoders;
  const { hidden: context } = await encode([tokens, tokens.toReversed()], 1);
  assert.deepEqual(context.shape, [2, 77, 32]);
  const x = wave([2, 4, 7, 9]);
  const both = await networks.network({ x, timesteps: Float32Array.of(10, 900.5), context });
  assert.deepEqual(both.shape, x.shape);
  for (const [i, timestep] of [10, 900.5].entries()) {
    const single = await networks.network({
      x: row(x, i),
      timesteps: Float32Array.of(timestep),
      context: row(context, i),
    });
    assertClose(single.data, row(both, i).data, 1e-5);
  }
  const pixels = await networks.decoder(row(both, 0));
  assert.deepEqual(pixels.shape, [1, 3, 56, 72]);
  assert.deepEqual((await networks.encoder(pixels)).shape, [1, 8, 7, 9]);
});

test('heads that do not fit the sizes are named, whether the family has them or a card', async () => {
  for (const [overrides, reason] of [
    [{ unetHeads: 7 }, /32 channels cannot have 7 heads/],
    [{ unetHeadChannels: 64 }, /32 channels cannot have heads of 64 channels/],
  ] as const) {
    const opening = openNetworks(tiny, { ...options, overrides });
    await assert.rejects(opening, { code: 'checkpoint.unsupported', message: reason });
  }
});

test('a VAE of three levels has a factor of four', async () => {
  await using networks = await openNetworks(
    writeTinyCheckpoint(join(folder, 'quarter.safetensors'), { latentFactor: 4 }),
    options,
  );
  assert.equal(networks.info.latentFactor, 4);
  assert.deepEqual((await networks.decoder(wave([1, 4, 5, 6]))).shape, [1, 3, 20, 24]);
});

test('the fast mode computes what the default mode computes', async () => {
  await using normal = await openNetworks(tiny, options);
  await using fast = await openNetworks(tiny, { ...options, mode: 'fast' });
  assertClose((await evaluate(fast)).data, (await evaluate(normal)).data, 1e-4);
});

test('a path with blanks, umlauts and quotes is a path', async () => {
  const path = join(folder, `mödel "1" 'è' 日本.safetensors`);
  writeFileSync(path, readFileSync(tiny));
  await using networks = await openNetworks(path, options);
  assert.deepEqual((await networks.textEncoders[0]([tokens], 1)).hidden.shape, [1, 77, 32]);
});

test('a missing tensor is named', async () => {
  const path = await changed('missing', (shapes) => shapes.delete('model.diffusion_model.out.2.bias'));
  await assertRefused(openNetworks(path), 'checkpoint.tensor-missing', {
    path,
    tensor: 'model.diffusion_model.out.2.bias',
    expected: '4',
    architecture: 'Stable Diffusion 1',
  });
});

test('a misshapen tensor is named', async () => {
  const name = 'first_stage_model.decoder.mid.attn_1.q.weight';
  const path = await changed('misshapen', (shapes) => shapes.set(name, [32, 33, 1, 1]));
  await assertRefused(openNetworks(path), 'checkpoint.tensor-misshapen', {
    path,
    tensor: name,
    actual: '32x33x1x1 of f16',
    expected: '32x32x1x1',
    architecture: 'Stable Diffusion 1',
  });
});

test('sizes that fit nothing are refused, whatever they are', async () => {
  const first = 'model.diffusion_model.input_blocks.0.0.weight';
  const odd = await changed('odd', (shapes) => {
    for (const [name, shape] of shapes) {
      if (name.startsWith('model.'))
        shapes.set(
          name,
          shape.map((extent) => (extent === 32 ? 33 : extent)),
        );
    }
  });
  await assertRefused(openNetworks(odd), 'checkpoint.unsupported');
  const vast = await changed('vast', (shapes) => shapes.set(first, [2 ** 40, 0, 3, 3]));
  await assertRefused(openNetworks(vast), 'checkpoint.tensor-misshapen');
  const flat = await changed('flat', (shapes) => shapes.set(first, [32 * 4 * 9]));
  await assertRefused(openNetworks(flat), 'checkpoint.tensor-misshapen');
  const heads = openNetworks(tiny, { overrides: { unetHeads: 7 } });
  await assertRefused(heads, 'checkpoint.unsupported');
});

test('a checkpoint without VAE takes one from another file, and says what it lacks without', async () => {
  const path = await changed('no-vae', (shapes) => {
    for (const name of shapes.keys()) if (name.startsWith('first_stage_model.')) shapes.delete(name);
  });
  await assertRefused(openNetworks(path), 'checkpoint.tensor-missing');
  await using networks = await openNetworks(path, { ...options, vae: tiny });
  assert.deepEqual((await networks.decoder(wave([1, 4, 2, 2]))).shape, [1, 3, 16, 16]);
});

test('the encoder is missed only when it is needed', async () => {
  const path = await changed('no-encoder', (shapes) => shapes.delete('first_stage_model.quant_conv.weight'));
  await using networks = await openNetworks(path, options);
  await assertRefused(networks.encoder(wave([1, 3, 16, 16])), 'checkpoint.tensor-missing');
});

test('what is no checkpoint is refused by what it is', async () => {
  const path = join(folder, 'lora.safetensors');
  writeRandomCheckpoint(path, new Map([['lora_unet_mid_block.lora_down.weight', [4, 32]]]), 'F16');
  await assertRefused(openNetworks(path), 'checkpoint.unsupported', {
    path,
    what: 'a LoRA or a similar adapter',
    supported: 'Stable Diffusion 1, 2, XL and its refiner',
  });
});

test('NaN becomes an error, not a picture', async () => {
  await using networks = await openNetworks(tiny, options);
  const latents = wave([1, 4, 4, 4]);
  await assertRefused(networks.decoder(tensor(latents.shape, latents.data.with(5, NaN))), 'model.not-finite');
  await assertRefused(
    networks.decoder(tensor(latents.shape, latents.data.with(5, Infinity))),
    'model.not-finite',
  );
});

test('a layer that the text encoder has not is a bad request, a wrong shape the runtime’s failure', async () => {
  await using networks = await openNetworks(tiny, options);
  await assertRefused(networks.textEncoders[0]([tokens], 4), 'request.invalid');
  await assertRefused(networks.textEncoders[0]([tokens], 0), 'request.invalid');
  await assert.rejects(networks.textEncoders[0]([[...tokens.slice(1), 49408]], 1), RangeError);
  await assertRefused(networks.decoder(wave([1, 5, 4, 4])), 'runtime.failed');
});

test('the program goes on while a network runs', async () => {
  await using networks = await openNetworks(tiny, options);
  const order: string[] = [];
  const decoded = networks.decoder(wave([1, 4, 16, 16])).then(() => order.push('decoded'));
  for (let i = 0; i < 5; i++) await setImmediate();
  order.push('five turns later');
  await decoded;
  assert.deepEqual(order, ['five turns later', 'decoded']);
});

test('runs asked for before disposal still end', async () => {
  const networks = await openNetworks(tiny, options);
  await networks.decoder(wave([1, 4, 2, 2]));
  const asked = networks.decoder(wave([1, 4, 2, 2]));
  await networks.dispose();
  assert.deepEqual((await asked).shape, [1, 3, 16, 16]);
});

test('what is disposed of does not run', async () => {
  const networks = await openNetworks(tiny, options);
  await networks.decoder(wave([1, 4, 2, 2]));
  await networks.dispose();
  await networks.dispose();
  await assert.rejects(networks.decoder(wave([1, 4, 2, 2])), /disposed/);
  await assert.rejects(networks.encoder(wave([1, 3, 16, 16])), /disposed/);
});

async function evaluate({ network, textEncoders: [encode] }: Networks): Promise<Tensor> {
  const { hidden: context } = await encode([tokens], 2);
  return await network({ x: wave([1, 4, 8, 8]), timesteps: Float32Array.of(500), context });
}

/** Writes the tiny checkpoint with other tensors. */
async function changed(
  name: string,
  change: (shapes: Map<string, readonly number[]>) => unknown,
): Promise<string> {
  const shapes = new Map(shapesOf(await openWeights(tiny)));
  change(shapes);
  const path = join(folder, `${name}.safetensors`);
  writeRandomCheckpoint(path, shapes, 'F16');
  return path;
}

function row({ shape, data }: Tensor, index: number): Tensor {
  const length = data.length / shape[0];
  return tensor([1, ...shape.slice(1)], data.slice(index * length, (index + 1) * length));
}

async function assertRefused(action: Promise<unknown>, code: string, details?: object): Promise<void> {
  await assert.rejects(action, (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code);
    if (details !== undefined) assert.deepEqual(error.details, details);
    return true;
  });
}
