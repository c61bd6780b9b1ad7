import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileNameOf } from './file-name.ts';

for (const [prompt, name] of [
  ['A (red:1.2) apple, on blue', 'a-red-1-2-apple-on-blue-7.png'],
  ['Città di notte', 'citta-di-notte-7.png'],
  ['../../etc/passwd', 'etc-passwd-7.png'],
  ['✨🔥', 'bottega-7.png'],
  ['', 'bottega-7.png'],
  ['תפוח אדום', 'תפוח-אדום-7.png'],
] as const) {
  test(`"${prompt}" is saved as ${name}`, () => assert.equal(fileNameOf({ prompt, seed: 7 }), name));
}

test('names stay short', () => {
  assert.ok(fileNameOf({ prompt: 'word '.repeat(1000) + 'x'.repeat(500), seed: 4294967295 }).length < 80);
});
