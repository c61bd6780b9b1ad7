import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openMediaStore, sweepParts } from './media-store.ts';

const root = mkdtempSync(join(tmpdir(), 'bottega-media-'));
after(() => rmSync(root, { recursive: true }));
const bytes = Buffer.from('a picture');

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('what is put is got back under its hash, once, and is gone when removed', async () => {
  const folder = mkdtempSync(join(root, 'kept-'));
  const store = openMediaStore(folder, 0);
  const hash = await store.put(bytes);
  assert.deepEqual(await store.put(bytes), hash);
  assert.deepEqual(filesIn(folder), [`${hash.toString('hex')}.png`]);
  assert.deepEqual(await store.get(hash), bytes);
  await store.remove(hash);
  assert.equal(await store.get(hash), undefined);
});

test('what a killed writer left behind is swept away, finished files stay', async () => {
  const folder = mkdtempSync(join(root, 'swept-'));
  const store = openMediaStore(folder, 0);
  const hash = await store.put(bytes);
  writeFileSync(join(folder, 'unfinished/12345.0'), 'half a pic');
  await sweepParts(folder);
  assert.deepEqual(filesIn(folder), [`${hash.toString('hex')}.png`]);
  await store.put(Buffer.from('another'));
  assert.equal(filesIn(folder).length, 2);
});

test('where there is no room nothing is written, and the error says so', async () => {
  const folder = mkdtempSync(join(root, 'full-'));
  const store = openMediaStore(folder, Number.MAX_SAFE_INTEGER);
  await assert.rejects(store.put(bytes), { name: 'AppError', code: 'storage.full' });
  assert.deepEqual(filesIn(folder), []);
});

test('a folder that cannot be made is an error of its own, and leaves nothing half-written', async () => {
  const folder = mkdtempSync(join(root, 'odd-'));
  const store = openMediaStore(folder, 0);
  const hash = await store.put(bytes);
  const parent = hash.toString('hex').slice(0, 2);
  rmSync(join(folder, parent), { recursive: true });
  writeFileSync(join(folder, parent), 'a file where a folder should be');
  await assert.rejects(store.put(bytes), { name: 'AppError', code: 'storage.unwritable' });
  assert.deepEqual(filesIn(folder), [parent]);
});
