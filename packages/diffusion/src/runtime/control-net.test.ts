import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeRandomCheckpoint, writeTinyCheckpoint } from '@bottega/testing';
import { EngineError } from '../errors.ts';
import { openControlNet } from './control-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-control-net-'));
after(() => rmSync(folder, { recursive: true }));

async function assertRefused(path: string, code: string, message: RegExp): Promise<void> {
  await assert.rejects(openControlNet(path), (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

test('what is no ControlNet is named and refused', async () => {
  await assertRefused(
    writeTinyCheckpoint(join(folder, 'model.safetensors')),
    'checkpoint.unsupported',
    /is Stable Diffusion 1, which/,
  );
  await assertRefused(join(folder, 'nothing.safetensors'), 'checkpoint.not-found', /nothing/);
});

for (const [name, extra, what] of [
  ['lora', 'lora_controlnet', /a Control-LoRA/],
  ['union', 'task_embedding', /several kinds/],
] as const) {
  test(`a relative is refused: ${name}`, async () => {
    const path = join(folder, `${name}.safetensors`);
    writeRandomCheckpoint(
      path,
      new Map([
        ['input_hint_block.0.weight', [16, 3, 3, 3]],
        [extra, [2, 2]],
      ]),
      'F32',
    );
    await assertRefused(path, 'checkpoint.unsupported', what);
  });
}

test('a ControlNet that lacks a tensor is refused, and the tensor named', async () => {
  const path = join(folder, 'part.safetensors');
  writeRandomCheckpoint(path, new Map([['input_hint_block.0.weight', [16, 3, 3, 3]]]), 'F32');
  await assertRefused(path, 'checkpoint.tensor-missing', /control_model\.input_blocks\.0\.0\.weight/);
});
