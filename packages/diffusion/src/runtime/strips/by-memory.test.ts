import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertClose, sd15, sd1Layout, writeTinyCheckpoint } from '@bottega/testing';
import { vaeConfigOf } from '../../models/vae/config.ts';
import { rowsOfStrips, stripBytes, wholeBytes } from '../../models/vae/memory.ts';
import { tensor } from '../../tensor.ts';
import { openNetworks } from '../networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-by-memory-'));
after(() => rmSync(folder, { recursive: true }));
const path = writeTinyCheckpoint(join(folder, 'tiny.safetensors'));

test('where memory is short, pictures pass through the VAE in strips and are the same', async () => {
  const asked: string[] = [];
  const freeMemory = (): number => {
    asked.push('memory');
    return 1000;
  };
  await using whole = await openNetworks(path, { threads: 1 });
  await using strips = await openNetworks(path, { threads: 1, freeMemory });
  const latents = tensor(
    [1, 4, 9, 6],
    Float32Array.from({ length: 216 }, (_, i) => Math.sin(i * i)),
  );
  const pixels = await whole.decoder(latents);
  assertClose((await strips.decoder(latents)).data, pixels.data, 1e-4);
  assertClose((await strips.encoder(pixels)).data, (await whole.encoder(pixels)).data, 1e-3);
  assert.equal(asked.length, 2);
});

test('2048x2048 in strips takes a third of what it takes in one piece, with the real sizes', () => {
  const config = vaeConfigOf(sd1Layout(sd15), 'first_stage_model.');
  const size = { width: 2048, height: 2048 };
  assert.ok(stripBytes(config, size) < 0.34 * wholeBytes(config, size));
  assert.ok(stripBytes(config, size) < 6e9);
  assert.equal(rowsOfStrips(config, 2048), 4);
  assert.equal(rowsOfStrips(config, 1e6), 1);
});
