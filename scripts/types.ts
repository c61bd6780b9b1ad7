/**
 * Checks the types of the workspace with `tsc`, and with `--page` those of the page's components with svelte-check,
 * which takes several times as long; prints their findings.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const passes = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;

const workspace = passes(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', root]);
const page =
  !process.argv.includes('--page') || passes(process.execPath, [join(root, 'packages/web/check.ts')]);
process.exit(workspace && page ? 0 : 1);
