/** The whole workspace is well typed, linted and formatted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

for (const [script, what] of [
  ['scripts/types.ts', 'tsc finds nothing'],
  ['scripts/lint.ts', 'lint and format find nothing'],
]) {
  test(what, () => {
    const result = spawnSync(process.execPath, [join(root, script)], { cwd: root, encoding: 'utf8' });
    assert.equal(result.status, 0, result.stdout + result.stderr);
  });
}
