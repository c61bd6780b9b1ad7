import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { LoadOptions, Model } from '@bottega/diffusion';
import { writeTinyCheckpoint } from '@bottega/testing';
import { createModelSlot } from './model-slot.ts';
import type { Held } from './switching-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-slot-'));
after(() => rmSync(folder, { recursive: true }));
const [a, b, c] = ['a', 'b', 'c'].map((name) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(100));
  return { path, sha256: undefined };
});

/** What is loaded and let go of, in order. */
function recording() {
  const log: string[] = [];
  const load = (path: string, options: LoadOptions = {}): Promise<Model> => {
    const name = path.slice(-1) + (options.vae?.slice(-1) ?? '');
    log.push(`+${name}`);
    const dispose = async (): Promise<void> => void log.push(`-${name}`);
    return Promise.resolve({ info: { path }, dispose } as unknown as Model);
  };
  return { log, engine: { loadModel: load } };
}

test('models stay loaded as far as they fit, and the one unused for longest goes first', async () => {
  const { log, engine } = recording();
  const slot = createModelSlot(engine, {}, 250);
  const first = await slot.get(a);
  await slot.get(b);
  assert.equal(await slot.get(a), first);
  await slot.get(c);
  assert.deepEqual(log, ['+a', '+b', '-b', '+c']);
});

test('one alone may be larger than the budget', async () => {
  const { log, engine } = recording();
  const slot = createModelSlot(engine, {}, 50);
  await slot.get(a);
  await slot.get(a);
  await slot.get(b);
  assert.deepEqual(log, ['+a', '-a', '+b']);
});

test('what is in use stays', async () => {
  const { log, engine } = recording();
  const slot = createModelSlot(engine, {}, 150);
  const first = await slot.get(a);
  await slot.get(b, [first]);
  assert.deepEqual(log, ['+a', '+b']);
  await slot.get(c);
  assert.deepEqual(log.slice(2), ['-a', '-b', '+c']);
});

test('closing lets go of all', async () => {
  const { log, engine } = recording();
  const slot = createModelSlot(engine, {}, 250);
  await slot.get(a);
  await slot.get(b);
  await slot.close();
  await slot.get(a);
  assert.deepEqual(log, ['+a', '+b', '-a', '-b', '+a']);
});

test('another VAE is another model, and a file that was replaced too', async () => {
  const { log, engine } = recording();
  const slot = createModelSlot(engine, {}, 1000);
  await slot.get(a);
  await slot.get({ ...a, vae: b });
  await slot.get({ ...a, vae: b });
  writeFileSync(a.path, Buffer.alloc(101));
  await slot.get(a);
  await slot.get(a);
  // Of the same size, as most checkpoints of one kind are.
  writeFileSync(a.path, Buffer.alloc(101, 1));
  utimesSync(a.path, 1, 1);
  await slot.get(a);
  for (const { path } of [b, c]) utimesSync(path, 2, 2);
  await slot.get({ ...a, vae: b });
  await slot.get({ ...a, vae: c });
  assert.deepEqual(log, ['+a', '+ab', '+a', '+a', '+ab', '+ac']);
});

test('a hundred switches between three models leave memory and open files as they were', async () => {
  const program = join(import.meta.dirname, 'switching-program.ts');
  // V8's young generation otherwise grows for as long as it may, which hides what a model leaves behind.
  const flags = ['--expose-gc', '--max-semi-space-size=1'];
  const models = [0, 1, 2].map((seed) => writeTinyCheckpoint(join(folder, `${seed}.safetensors`), { seed }));
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, ...models]);
  const held = JSON.parse(stdout) as readonly Held[];
  assert.equal(held.length, 10);

  // Each model's file has 5.6 MB: leaking a tenth of it at each switch would add 34 MB from the fourth value on.
  const resident = held.map((one) => one.resident);
  const [early, late] = [resident.slice(2, 5), resident.slice(-3)].map((values) => Math.min(...values));
  const megabytes = resident.map((bytes) => Math.round(bytes / 1e6)).join(', ');
  assert.ok(late - early < 20e6, `resident megabytes: ${megabytes}`);
  const files = held.map((one) => one.files);
  assert.ok((files.at(-1) ?? 0) <= files[2] + 5, `open files: ${files.join(', ')}`);
});
