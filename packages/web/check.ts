/**
 * Checks the types of the page, components included: `node packages/web/check.ts`.
 * svelte-check needs TypeScript 6, which is installed beside this file; npm puts svelte-check itself where it would
 * find the workspace's TypeScript 7.
 */
import { spawnSync } from 'node:child_process';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

const ours = new Map(
  ['typescript', 'typescript/package.json'].map((name) => [name, pathToFileURL(require.resolve(name)).href]),
);
registerHooks({
  resolve(specifier, context, next) {
    const url = ours.get(specifier);
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  },
});

process.chdir(import.meta.dirname);
// SvelteKit writes the types of routes and of its own modules.
const kit = join(dirname(require.resolve('@sveltejs/kit/package.json')), 'svelte-kit.js');
spawnSync(process.execPath, [kit, 'sync'], { stdio: ['ignore', 'ignore', 'inherit'] });
process.argv = [process.argv[0], 'svelte-check', '--tsconfig', './tsconfig.json', '--output', 'human'];
require(join(dirname(require.resolve('svelte-check/package.json')), 'bin', 'svelte-check'));
