import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { modelsFolder } from '@bottega/testing';
import { writeAdapter } from './adapter-file.ts';
import { hashAdapter } from './hash-adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-adapter-hash-'));
after(() => rmSync(folder, { recursive: true }));
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

test('an adapter keeps its hash when its metadata change', async () => {
  const tensors = { 'lora_unet_x.alpha': { shape: [1], values: [4] } };
  const one = writeAdapter(join(folder, 'one.safetensors'), tensors, { ss_output_name: 'a' });
  const other = writeAdapter(join(folder, 'other.safetensors'), tensors, { ss_output_name: 'another' });
  assert.equal(await hashAdapter(one), sha256(new Uint8Array(Float32Array.of(4).buffer)));
  assert.equal(await hashAdapter(other), await hashAdapter(one));
});

test('what the file says of itself goes before', async () => {
  const said = 'ab'.repeat(32);
  const tensors = { 'lora_unet_x.alpha': [1] };
  const path = writeAdapter(join(folder, 'said.safetensors'), tensors, { sshs_model_hash: said });
  assert.equal(await hashAdapter(path), said);
  const lies = writeAdapter(join(folder, 'lies.safetensors'), tensors, { sshs_model_hash: '", x: y' });
  assert.match(await hashAdapter(lies), /^[0-9a-f]{64}$/);
});

test('of a pickle the whole file counts', async () => {
  const path = join(modelsFolder, 'ti/a1111-style.pt');
  assert.equal(await hashAdapter(path), sha256(readFileSync(path)));
});
