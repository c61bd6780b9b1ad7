/** One concept a file: no file over 600 lines, and half of them short. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const files = globSync('{packages/*/src,scripts,test,bench,training}/**/*.{ts,svelte,py,mjs}', { cwd: root });
const lines = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length]));

test('no file has more than 600 lines', () => {
  const tooLong = [...lines].filter(([, count]) => count > 600).map(([file, count]) => `${file}: ${count}`);
  assert.deepEqual(tooLong, []);
});

test('most files have fewer than 150 lines', () => {
  const long = [...lines.values()].filter((count) => count >= 150).length;
  assert.ok(long / lines.size < 0.3, `${long} of ${lines.size} files have 150 lines or more`);
});

test('file names are kebab-case', () => {
  const odd = files.filter(
    (file) => !/^[a-z0-9+@[\]().-]+$/.test(file.split('/').at(-1) ?? '') && !file.endsWith('.py'),
  );
  assert.deepEqual(odd, []);
});
