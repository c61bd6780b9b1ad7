import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scanModels } from './scan.ts';

const root = mkdtempSync(join(tmpdir(), 'bottega-scan-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Names and file names, as they are found. */
async function scanned(files: Readonly<Record<string, readonly string[]>>) {
  const folders = Object.entries(files).map(([folder, names]) => {
    const path = join(root, folder);
    for (const name of names) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), '');
    }
    return path;
  });
  return (await scanModels(folders)).map(({ name, fileName }) => [name, fileName]);
}

test('of files of the same name, safetensors take it and the others get a number', async () => {
  assert.deepEqual(await scanned({ one: ['x.ckpt', 'x.pt', 'x.safetensors', 'y.ckpt'] }), [
    ['x (2)', 'x.ckpt'],
    ['x (3)', 'x.pt'],
    ['x', 'x.safetensors'],
    ['y', 'y.ckpt'],
  ]);
});

test('also where they lie in folders of a folder', async () => {
  assert.deepEqual(await scanned({ two: ['a/x.ckpt', 'b/x.SAFETENSORS'] }), [
    ['x (2)', 'x.ckpt'],
    ['x', 'x.SAFETENSORS'],
  ]);
});

test('earlier folders keep their names whatever their files are', async () => {
  assert.deepEqual(await scanned({ three: ['x.ckpt'], four: ['x.safetensors'] }), [
    ['x', 'x.ckpt'],
    ['x (2)', 'x.safetensors'],
  ]);
});
