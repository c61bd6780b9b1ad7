import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeRandomCheckpoint, writeTinyCheckpoint } from '@bottega/testing';
import { inspectCheckpoint } from './inspect-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-inspect-'));
after(() => rmSync(folder, { recursive: true }));

for (const precision of ['f32', 'f16', 'bf16'] as const) {
  test(`a checkpoint of ${precision} is described from its tensors, whatever its name`, async () => {
    const path = writeTinyCheckpoint(join(folder, `sdxl-${precision}.pt.txt`), { precision });
    assert.deepEqual(await inspectCheckpoint(path), {
      path,
      name: `sdxl-${precision}.pt`,
      architecture: 'sd1',
      title: 'Stable Diffusion 1',
      precision,
      parameters: 2_782_187,
      bytes: statSync(path).size,
      latentFactor: 8,
    });
  });
}

test('the factor of the latents follows from the levels of the VAE', async () => {
  const path = writeTinyCheckpoint(join(folder, 'quarter'), { latentFactor: 4 });
  assert.equal((await inspectCheckpoint(path)).latentFactor, 4);
});

test('buffers at the top and integers are no parameters', async () => {
  const path = join(folder, 'buffers.safetensors');
  writeRandomCheckpoint(
    path,
    new Map([
      ['betas', [1000]],
      ['decoder.conv_in.weight', [8, 4, 3, 3]],
    ]),
    'F32',
  );
  const { parameters, architecture } = await inspectCheckpoint(path);
  assert.equal(parameters, 8 * 4 * 3 * 3);
  assert.equal(architecture, 'vae');
});
