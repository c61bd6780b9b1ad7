import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import type { ControlNet } from '@bottega/diffusion';
import { controlsOf, createControlSlot, installedControlNets } from './controls.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-controls-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'ControlNet'));
const names = Array.from({ length: 7 }, (_, i) => `net${i}`);
for (const name of names) writeFileSync(join(folder, `ControlNet/${name}.pth`), name);

/** A slot whose ControlNets tell what becomes of them. */
function setUp() {
  const loaded: string[] = [];
  const disposed: string[] = [];
  const loadControlNet = async (path: string): Promise<ControlNet> => {
    const title = basename(path, '.pth');
    loaded.push(title);
    const dispose = async (): Promise<void> => void disposed.push(title);
    return { path, title, dispose, [Symbol.asyncDispose]: dispose };
  };
  return {
    slot: createControlSlot({ loadControlNet }, installedControlNets([folder]), {}),
    loaded,
    disposed,
  };
}

test('the last four stay loaded', async () => {
  const { slot, loaded, disposed } = setUp();
  for (const name of [...names.slice(0, 4), 'net0', 'net4', 'net0']) await slot.get(name, []);
  assert.deepEqual(loaded, names.slice(0, 5));
  assert.deepEqual(disposed, ['net1']);
});

test('those of one drawing stay, however many', async () => {
  const { slot, disposed } = setUp();
  const nothing = { get: async () => undefined };
  const controls = await controlsOf(
    names.map((model) => ({ model })),
    slot,
    nothing,
  );
  assert.deepEqual(
    controls.map(({ model }) => model.title),
    names,
  );
  assert.deepEqual(disposed, []);
  await slot.get('net0', []);
  assert.deepEqual(disposed, ['net1', 'net2', 'net3']);
});

test('closing lets go of all, and what is wanted then is loaded anew', async () => {
  const { slot, loaded, disposed } = setUp();
  for (const name of ['net0', 'net1']) await slot.get(name, []);
  await slot.close();
  assert.deepEqual(disposed, ['net0', 'net1']);
  await slot.get('net0', []);
  assert.deepEqual(loaded, ['net0', 'net1', 'net0']);
});

test('a file that was replaced is loaded anew', async () => {
  const { slot, loaded } = setUp();
  await slot.get('net6', []);
  // Its hash counts from the second megabyte on.
  writeFileSync(join(folder, 'ControlNet/net6.pth'), Buffer.alloc(2 ** 20 + 9, 1));
  await slot.get('net6', []);
  assert.deepEqual(loaded, ['net6', 'net6']);
});

test('one that was taken away, and a picture that was, are named', async () => {
  const { slot } = setUp();
  await assert.rejects(slot.get('gone', []), { code: 'control-net.unknown' });
  const nothing = { get: async () => undefined };
  const missing = controlsOf([{ model: 'net0', image: 'f'.repeat(64) }], slot, nothing);
  await assert.rejects(missing, { code: 'media.unknown', message: /controls\.0\.image/ });
});
