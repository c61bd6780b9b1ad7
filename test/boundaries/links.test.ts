/** Pages do not point at what is not there. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const pages = globSync('{*.md,docs/**/*.md,models/**/*.md,training/**/*.md,packages/*/*.md}', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
});

for (const page of pages) {
  test(`${page} links to what exists`, () => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
      ([, markdown, html]) => markdown ?? html,
    );
    const broken = links
      .filter((link) => !/^(https?:|#|mailto:)/.test(link))
      .filter((link) => !existsSync(join(root, dirname(page), link.split('#')[0])));
    assert.deepEqual(broken, []);
  });
}
