/** Adapters at the command line, on a tiny checkpoint. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { modelsFolder, writeTinyCheckpoint } from '@bottega/testing';
import { testTerminal } from './test-terminal.ts';

const { folder, models, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);
for (const path of [join(models, 'Lora'), join(folder, 'more')]) mkdirSync(path);
copyFileSync(join(modelsFolder, 'lora/sd1-loha.safetensors'), join(models, 'Lora/ink.safetensors'));
copyFileSync(join(modelsFolder, 'lora/sdxl-kohya.safetensors'), join(folder, 'more/large.safetensors'));

test('inspect says what an adapter is, by name or by file', async () => {
  assert.equal(await call(['models', 'inspect', 'ink', '--json']), 0, notes.join(''));
  const { methods, rank, hash } = JSON.parse(printed.join('\n')) as Record<string, unknown>;
  assert.deepEqual([methods, rank], [['LoHa'], 4]);
  assert.match(String(hash), /^[0-9a-f]{64}$/);
  clear();
  assert.equal(await call(['models', 'inspect', 'more/large.safetensors', '--no-hash']), 0);
  assert.match(printed.join('\n'), /what +LoRA\nrank +4\nmade for +Stable Diffusion XL\n/);
});

test('imagine finds what prompts name, in the data folder and in one of its own', async () => {
  const small = ['--model', 'tiny', '--size', '32x32', '--steps', '1', '--force', '-o', 'a.png'];
  assert.equal(await call(['imagine', 'a <lora:nowhere:1>', ...small]), 0, notes.join(''));
  assert.match(notes.join(''), /<lora:nowhere:1> was left out/);
  assert.ok(readFileSync(join(folder, 'a.png')).length > 0);
  assert.notEqual(await call(['imagine', 'a <lora:large:1>', ...small, '--lora-dir', 'more']), 0);
  assert.match(notes.join(''), /made for Stable Diffusion XL and does not fit tiny/);
});
