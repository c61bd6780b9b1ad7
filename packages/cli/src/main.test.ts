import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { createClient } from '@bottega/contract';
import { freshDataFolder } from '@bottega/testing';

const main = join(import.meta.dirname, 'main.ts');
/** Fails where nobody waits for it. */
const mistake = "const fail = () => void Promise.reject(new Error('a mistake'));";
const soon = `${mistake} setTimeout(fail, 100);`;
const onSignal = `${mistake} process.once('SIGUSR2', fail);`;

let data: string;
before(async () => {
  data = await freshDataFolder();
});
after(() => rmSync(dirname(data), { recursive: true, force: true }));

/** @param code Runs in the process before anything else. */
function bottega(words: readonly string[], code = '') {
  const options = ['--disable-warning=ExperimentalWarning', '--import', `data:text/javascript,${code}`];
  const child = spawn(process.execPath, [...options, main, ...words], {
    cwd: dirname(data),
    env: { ...process.env, BOTTEGA_DATA: data, PORT: '0', BOTTEGA_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', notes: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.notes += text));
  return { child, said, exit: ending(child) };
}

async function ending(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

test('whoever stops reading in the middle is shown no stack trace', async () => {
  const { child, said, exit } = bottega(['--help']);
  child.stdout.destroy();
  assert.deepEqual([await exit, said.notes], [0, '']);
});

test('a mistake that nobody waits for ends a drawing: no stack trace, nothing half-written', async () => {
  const { said, exit } = bottega(['imagine', 'a cat', '--steps', '150', '-o', 'cat.png', '--json'], soon);
  assert.equal(await exit, 1);
  const { error } = JSON.parse(said.out) as { error: { code: string; message: string } };
  assert.equal(error.code, 'unexpected');
  assert.match(error.message, /^a mistake \(BOTTEGA_DEBUG=1 shows more; please report it\)$/);
  assert.equal(said.notes, '');
  assert.deepEqual(readdirSync(dirname(data)), ['data']);
});

test('such a mistake ends the workshop in order, with its reason in the log', async () => {
  const { child, said, exit } = bottega(['start'], onSignal);
  while (!said.out.includes('\n')) await Promise.race([once(child.stdout, 'data'), exit]);
  const [url] = /http:\S+/.exec(said.out) ?? [said.notes];
  await createClient(url).createGeneration({ steps: 150 });
  assert.ok(existsSync(join(data, 'database/postmaster.pid')));
  child.kill('SIGUSR2');
  assert.equal(await exit, 1);
  assert.match(said.notes, /ERROR something failed that nobody waited for\nError: a mistake\n/);
  assert.match(said.notes, /goes on with the next start\./);
  assert.match(said.notes, /\nbottega start: a mistake \(/);
  assert.ok(!existsSync(join(data, 'database/postmaster.pid')));
});
