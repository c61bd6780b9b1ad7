import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';

const main = join(import.meta.dirname, 'main.ts');

test('whoever stops reading in the middle is shown no stack trace', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--help']);
  child.stdout.destroy();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = await once(child, 'close');
  assert.deepEqual([said, code], ['', 0]);
});
