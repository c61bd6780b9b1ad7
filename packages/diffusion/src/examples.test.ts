/** The example of another project's use, as another project would run it. */
import { writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readInfotext } from './infotext/read-infotext.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

test('ten lines draw a picture', () => {
  const example = join(import.meta.dirname, '../examples/ten-lines.ts');
  const lines = readFileSync(example, 'utf8').trim().split('\n');
  assert.ok(lines.length <= 10, `${lines.length} lines`);

  const checkpoint = writeTinyCheckpoint(join(folder, 'tiny.safetensors'));
  writeFileSync(join(folder, 'tiny.json'), '{"defaults": {"steps": 2, "width": 32, "height": 32}}');
  const picture = join(folder, 'cat.png');
  const said = execFileSync(process.execPath, [example, checkpoint, 'a cat', picture], { encoding: 'utf8' });
  assert.match(said, /^\d+ %\n\d+ %\n$/);
  assert.match(readInfotext(readFileSync(picture)) ?? '', /^a cat\nSteps: 2, .*, Size: 32x32, /);
});
