/** What keeps the program from starting, and what it says then. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { AppError } from '@bottega/contract';
import { freshDataFolder, startServerProcess, startTestServer } from '@bottega/testing';
import { readConfig } from './config/config.ts';
import { takeDataFolder } from './config/data-folder.ts';
import { startServer } from './start.ts';

let folder: string;
before(async () => {
  folder = await freshDataFolder();
});
after(() => rmSync(dirname(folder), { recursive: true, force: true }));

test('of two servers on one data folder the second is refused at once, and the first goes on', async () => {
  const first = await startServerProcess(folder);
  const config = readConfig({ PORT: '0', BOTTEGA_DATA: folder });
  await assert.rejects(startServer(config, { page: false }), (error) => {
    assert.ok(error instanceof AppError && error.code === 'storage.in-use');
    assert.match(error.message, new RegExp(`process ${first.process.pid}\\b`));
    return true;
  });
  assert.equal((await first.client.status()).queued, 0);
  await first.kill('SIGKILL');
  // Nothing is left of the lock.
  const second = await startServerProcess(folder);
  await second.kill('SIGTERM');
});

test('two locks at the same time: one wins', () => {
  const first = takeDataFolder(folder);
  assert.throws(() => takeDataFolder(folder), hasCode('storage.in-use'));
  first.release();
  takeDataFolder(folder).release();
});

test('a port that is taken is named, with another one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const config = readConfig({ PORT: String(port), BOTTEGA_DATA: folder });
  await assert.rejects(startServer(config, { page: false }), (error) => {
    assert.ok(error instanceof AppError && error.code === 'port.taken');
    assert.match(error.message, new RegExp(`PORT=${port + 1} `));
    return true;
  });
  other.close();
  // The failed start has let go of everything.
  await using server = await startTestServer({ dataFolder: folder });
  assert.equal((await fetch(server.url + '/api/v1/status')).status, 200);
});

for (const [name, path] of [
  ['a path through a file', () => join(import.meta.filename, 'data')],
  ['a folder that nobody can write to', () => '/proc/bottega'],
  ['a file', () => import.meta.filename],
] as const) {
  test(`${name} cannot be the data folder`, async () => {
    const config = readConfig({ PORT: '0', BOTTEGA_DATA: path() });
    await assert.rejects(startServer(config, { page: false }), hasCode('storage.unwritable'));
  });
}

test('a DATABASE_URL where nobody answers is told', async () => {
  const own = join(dirname(folder), 'unreachable');
  const config = readConfig({ PORT: '0', BOTTEGA_DATA: own, DATABASE_URL: 'postgres://127.0.0.1:1/none' });
  await assert.rejects(startServer(config, { page: false }), hasCode('database.unreachable'));
});

test('a path too long for a socket, and with spaces and quotes in it, works', async () => {
  const deep = join(dirname(folder), `it's a "deep" folder ${'x'.repeat(120)}`);
  mkdirSync(deep);
  renameSync(folder, join(deep, 'data'));
  try {
    await using server = await startTestServer({ dataFolder: join(deep, 'data') });
    const { id } = await server.client.createGeneration({ steps: 1 });
    assert.equal((await server.services.studio.finished(id)).state, 'done');
  } finally {
    renameSync(join(deep, 'data'), folder);
  }
});

test('a database made by another PostgreSQL is refused and left alone', async () => {
  const own = join(dirname(folder), 'older');
  mkdirSync(join(own, 'database'), { recursive: true });
  writeFileSync(join(own, 'database/PG_VERSION'), '15\n');
  const config = readConfig({ PORT: '0', BOTTEGA_DATA: own });
  await assert.rejects(startServer(config, { page: false }), (error) => {
    assert.ok(error instanceof AppError && error.code === 'database.failed-to-start');
    return /version 18/.test(error.message) || /18/.test(error.message);
  });
});

test('a data folder behind a symbolic link works', async () => {
  const link = join(dirname(folder), 'link');
  symlinkSync(folder, link);
  await using server = await startTestServer({ dataFolder: link });
  assert.equal((await server.client.listModels()).models[0].name, 'tiny');
});

test('a full disk loses no job: it rests, and is drawn when there is room again', async () => {
  await using server = await startTestServer();
  const full = join(server.config.dataFolder, 'models/tiny.safetensors.full');
  writeFileSync(full, '');
  const { id } = await server.client.createGeneration({ prompt: 'disk', steps: 1 });
  for (let starts = 0, state = ''; starts < 2;) {
    const one = await server.client.getGeneration(id);
    assert.ok(one.state === 'queued' || one.state === 'running');
    if (one.state === 'running' && state === 'queued') starts++;
    state = one.state;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  rmSync(full);
  assert.equal((await server.services.studio.finished(id)).state, 'done');
});

function hasCode(code: string) {
  return (error: unknown) => error instanceof AppError && error.code === code;
}
