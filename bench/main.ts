/**
 * Runs a measurement: `npm run bench engine`, with its own arguments after `--`. Every folder here that holds a
 * `main.ts` is one; without a name they are listed.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

const benches = globSync('*/main.ts', { cwd: import.meta.dirname })
  .map((file) => dirname(file))
  .toSorted();
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !benches.includes(name)) {
  console.error(`usage: npm run bench NAME [-- ARGUMENTS]\nNAME is one of: ${benches.join(', ')}`);
  process.exit(2);
}
const file = join(import.meta.dirname, name, 'main.ts');
spawn(process.execPath, [file, ...args], { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
