/** Checks the types of the whole workspace with `tsc`; prints its findings. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
process.exit(
  spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', root], { cwd: root, stdio: 'inherit' })
    .status ?? 1,
);
