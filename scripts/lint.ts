/** Lint (oxlint) and format (oxfmt); `--fix` mends what can be mended. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const fix = process.argv.includes('--fix');
const tool = (name: string, args: readonly string[]): boolean =>
  spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' }).status === 0;

const linted = tool('oxlint', fix ? ['--fix', '.'] : ['.']);
const formatted = tool('oxfmt', fix ? ['.'] : ['--check', '.']);
process.exit(linted && formatted ? 0 : 1);
