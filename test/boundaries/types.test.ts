/** The whole workspace is well typed, linted and formatted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

for (const [what, script, ...options] of [
  ['tsc and svelte-check find nothing', 'scripts/types.ts', '--page'],
  ['lint and format find nothing', 'scripts/lint.ts'],
]) {
  test(what, () => {
    const result = spawnSync(process.execPath, [join(root, script), ...options], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(result.status, 0, result.stdout + result.stderr);
  });
}
