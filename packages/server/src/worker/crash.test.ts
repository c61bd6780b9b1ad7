/** What is accepted is drawn, what is drawn is kept, whoever is killed and whenever. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Generation } from '@bottega/contract';
import sharp from 'sharp';
import { freshDataFolder, type ServerProcess, startServerProcess, startTestServer } from '@bottega/testing';

test('a worker killed in mid-picture: its job is retried and keeps what was done', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const { id } = await client.createGeneration({ prompt: 'slow', steps: 4, batchCount: 4, seed: 5 });
  const before = await until(client, id, (one) => one.pictures.length >= 2);
  process.kill(workerOf(process.pid), 'SIGKILL');
  const after = await until(client, id, hasEnded);
  assert.equal(after.state, 'done');
  assert.deepEqual(
    after.pictures.map(({ seed }) => seed),
    [5, 6, 7, 8],
  );
  assert.deepEqual(
    after.pictures.slice(0, 2).map((one) => one.id),
    before.pictures.slice(0, 2).map((one) => one.id),
  );
});

test('a worker that fails where nobody waits for it says so, and its job ends as one that was killed', async () => {
  const folder = await freshDataFolder();
  const server = await startServerProcess(folder);
  let said = '';
  server.process.stderr?.on('data', (text: string) => (said += text));
  const { id } = await server.client.createGeneration({ prompt: 'mistake slow', steps: 100 });
  const { error } = await until(server.client, id, hasEnded);
  await server.kill('SIGTERM');
  rmSync(dirname(folder), { recursive: true });
  assert.equal(error?.code, 'worker.lost');
  assert.match(said, /ERROR the worker failed where nobody waited for it\nError: nobody waits for me\n/);
});

test('a worker killed in the midst of a plot: cells that exist are not drawn again', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const { id } = await client.createGeneration({
    prompt: 'slow',
    steps: 2,
    script: { name: 'x/y/z plot', x: { type: 'Seed', values: '1-6' } },
  });
  const before = await until(client, id, (one) => one.pictures.length >= 2);
  process.kill(workerOf(process.pid), 'SIGKILL');
  const after = await until(client, id, hasEnded);
  assert.equal(after.state, 'done');
  assert.deepEqual(
    after.pictures.map(({ seed, isSheet }) => (isSheet ? 'sheet' : seed)),
    [1, 2, 3, 4, 5, 6, 'sheet'],
  );
  assert.deepEqual(
    after.pictures.slice(0, 2).map((one) => one.id),
    before.pictures.slice(0, 2).map((one) => one.id),
  );
});

test('a worker killed while a picture grows: the sides that exist are not drawn again, and the rest goes on from them', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const file = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#c02030' } })
    .png()
    .toBuffer();
  const { id: image } = await client.sendPicture(file);
  const order = {
    prompt: 'slow',
    steps: 10,
    width: 64,
    height: 64,
    seed: 5,
    start: { images: [image] },
    script: { name: 'outpainting mk2', pixels: 16 },
  } as const;
  const undisturbed = await client.createGeneration({ ...order, start: { images: [image] } });
  const { pictures } = await until(client, undisturbed.id, hasEnded);
  const { id } = await client.createGeneration({ ...order, start: { images: [image] } });
  // In the third of four sides.
  await until(client, id, (one) => (one.progress?.step ?? 0) > 22);
  process.kill(workerOf(process.pid), 'SIGKILL');
  let fewest = Infinity;
  const after = await until(client, id, (one) => {
    fewest = Math.min(fewest, one.progress?.step ?? Infinity);
    return hasEnded(one);
  });
  assert.equal(after.state, 'done', JSON.stringify(after.error));
  assert.ok(fewest > 20, `step ${fewest} was drawn again`);
  assert.deepEqual(
    after.pictures.map(({ url, width, height }) => [url, width, height]),
    [[pictures[0].url, 128, 128]],
  );
});

test('a worker killed while it enlarges: finished pictures stay, the others are done by the next', async () => {
  await using server = await startTestServer();
  const { client, services } = server;
  const file = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#c02030' } })
    .png()
    .toBuffer();
  const { id: image } = await client.sendPicture(file);
  const images = Array.from({ length: 4 }, () => image);
  const { id } = await client.upscale({ images, upscaler: 'esrgan-slim-x4' });
  const first = Promise.withResolvers<string>();
  const leave = services.events.subscribe((event) => {
    if (event.type === 'task' && event.task.pictures.length > 0) first.resolve(event.task.pictures[0].id);
  });
  const before = await first.promise;
  leave();
  process.kill(workerOf(process.pid), 'SIGKILL');
  const after = await services.tasks.finished(id);
  assert.deepEqual([after.state, after.pictures.length, after.pictures[0].id], ['done', 4, before]);
});

test('a worker killed in the midst of an upscale: tiles that exist are kept, and go at the end', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const file = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#102030' } })
    .png()
    .toBuffer();
  const { id: media } = await client.sendPicture(file);
  const { id } = await client.createGeneration({
    prompt: 'slow',
    steps: 4,
    seed: 5,
    start: { images: [media] },
    script: { name: 'sd upscale', upscaler: 'Lanczos', overlap: 16 },
  });
  const before = await until(client, id, ({ progress }) => (progress?.fraction ?? 0) > 0.5);
  process.kill(workerOf(process.pid), 'SIGKILL');
  // The next one begins where the first was, give or take the tile that it was drawing.
  const next = await until(
    client,
    id,
    (one) => hasEnded(one) || (one.startedAt !== before.startedAt && one.progress !== undefined),
  );
  assert.ok(hasEnded(next) || (next.progress?.fraction ?? 0) > 0.3);
  const after = await until(client, id, hasEnded);
  assert.deepEqual([after.state, after.pictures.length, after.pictures[0].width], ['done', 1, 128]);
  const files = readdirSync(join(server.config.dataFolder, 'media'), { recursive: true });
  assert.equal(files.filter((name) => String(name).endsWith('.png')).length, 2);
});

test('a picture that kills every worker is given up, and the next one is drawn', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const bad = await client.createGeneration({ prompt: 'crash', steps: 2 });
  const good = await client.createGeneration({ prompt: 'harmless', steps: 2 });
  const failed = await until(client, bad.id, hasEnded);
  assert.deepEqual([failed.state, failed.error?.code], ['failed', 'worker.lost']);
  assert.equal((await until(client, good.id, hasEnded)).state, 'done');
});

test('a worker that has rested long enough is replaced, and the next job is drawn', async () => {
  await using server = await startTestServer({ env: { BOTTEGA_IDLE_MINUTES: '0.001' } });
  const { client } = server;
  // Before it has drawn, it has no reason to end.
  const worker = workerOf(process.pid);
  const first = await client.createGeneration({ steps: 1 });
  await until(client, first.id, hasEnded);
  while (isAlive(worker)) await delay(20);
  const second = await client.createGeneration({ steps: 1 });
  assert.equal((await until(client, second.id, hasEnded)).state, 'done');
});

test('a client frees the memory of models: the worker is replaced once it has nothing to draw', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const first = await client.createGeneration({ prompt: 'slow', steps: 4 });
  await until(client, first.id, (one) => one.state === 'running');
  const worker = workerOf(process.pid);
  const unload = (): Promise<Response> =>
    fetch(`${server.url}/sdapi/v1/unload-checkpoint`, { method: 'POST' });
  assert.deepEqual(await (await unload()).json(), {});
  assert.equal((await until(client, first.id, hasEnded)).state, 'done');
  while (isAlive(worker)) await delay(20);
  const second = await client.createGeneration({ steps: 1 });
  assert.equal((await until(client, second.id, hasEnded)).state, 'done');
});

test('a cancel that a worker did not live to hear is carried out', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const { id } = await client.createGeneration({ prompt: 'slow', steps: 100, batchCount: 20 });
  await until(client, id, (one) => one.state === 'running');
  const worker = workerOf(process.pid);
  process.kill(worker, 'SIGSTOP');
  await client.cancelGeneration(id);
  process.kill(worker, 'SIGKILL');
  assert.equal((await until(client, id, hasEnded)).state, 'cancelled');
});

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`a server ended by ${signal} in mid-job: the next one goes on, loses nothing, draws nothing twice`, async (t) => {
    const folder = await dataFolder(t);
    const first = await startServerProcess(folder);
    const ids = await Promise.all(
      [0, 100, 200].map(async (seed) => {
        const recipe = { prompt: 'slow', steps: 4, batchCount: 3, seed };
        return (await first.client.createGeneration(recipe)).id;
      }),
    );
    const before = await anyWithPicture(first, ids);
    await first.kill(signal);

    const second = await startServerProcess(folder);
    t.after(() => second.kill('SIGTERM'));
    const ended = await Promise.all(ids.map((id) => until(second.client, id, hasEnded)));
    assert.deepEqual(
      ended.map((one) => one.state),
      ['done', 'done', 'done'],
    );
    for (const one of ended) {
      const { seed = 0 } = one.recipe;
      assert.deepEqual(
        one.pictures.map((picture) => picture.seed),
        [seed, seed + 1, seed + 2],
      );
    }
    const same = ended.find((one) => one.id === before.id);
    assert.equal(same?.pictures[0].id, before.pictures[0].id);
    const { total, pictures } = await second.client.listPictures({ limit: 200 });
    assert.equal(total, 9);
    for (const { url } of pictures) assert.equal((await fetch(second.url + url)).status, 200);
  });
}

test('a server killed in mid-job: what started from a picture goes on from it', async (t) => {
  const folder = await dataFolder(t);
  const first = await startServerProcess(folder);
  const background = { r: 1, g: 17, b: 99 };
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
  const sent = await first.client.sendPicture(picture);
  const { id } = await first.client.createGeneration({
    prompt: 'slow',
    steps: 4,
    batchCount: 3,
    seed: 5,
    start: { images: [sent.id], strength: 0.6 },
  });
  await anyWithPicture(first, [id]);
  await first.kill('SIGKILL');

  const second = await startServerProcess(folder);
  t.after(() => second.kill('SIGTERM'));
  const ended = await until(second.client, id, hasEnded);
  assert.equal(ended.state, 'done');
  const firstPixels = ended.pictures.map(async ({ url }) => {
    const bytes = await (await fetch(second.url + url)).arrayBuffer();
    return [...(await sharp(Buffer.from(bytes)).raw().toBuffer()).subarray(0, 3)];
  });
  assert.deepEqual(await Promise.all(firstPixels), [
    [5, 17, 99],
    [6, 17, 99],
    [7, 17, 99],
  ]);
});

test('a killed server takes its worker and its database with it', async (t) => {
  const folder = await dataFolder(t);
  const server = await startServerProcess(folder);
  const { pid = 0 } = server.process;
  const worker = workerOf(pid);
  const postgres = Number(readFileSync(join(folder, 'database/postmaster.pid'), 'utf8').split('\n', 1)[0]);
  await server.kill('SIGKILL');
  while (isAlive(worker) || isAlive(postgres)) await delay(20);
});

test('a database that outlived its server is ended by the next one', async (t) => {
  const folder = await dataFolder(t);
  const first = await startServerProcess(folder);
  const path = join(folder, 'database/postmaster.pid');
  const postgres = Number(readFileSync(path, 'utf8').split('\n', 1)[0]);
  // Its guard is killed too, so that nobody tells PostgreSQL to end.
  for (const pid of guardsOf(first.process.pid ?? 0)) process.kill(pid, 'SIGKILL');
  await first.kill('SIGKILL');
  assert.ok(isAlive(postgres));
  const second = await startServerProcess(folder);
  assert.ok(!isAlive(postgres));
  await second.kill('SIGTERM');
});

async function dataFolder(t: TestContext): Promise<string> {
  const folder = await freshDataFolder();
  t.after(() => rmSync(dirname(folder), { recursive: true, force: true }));
  return folder;
}

async function until(client: Client, id: string, isSo: (one: Generation) => boolean): Promise<Generation> {
  for (;;) {
    const one = await client.getGeneration(id);
    if (isSo(one)) return one;
    await delay(20);
  }
}

function hasEnded({ state }: Generation): boolean {
  return state !== 'queued' && state !== 'running';
}

async function anyWithPicture(server: ServerProcess, ids: readonly string[]): Promise<Generation> {
  for (;;) {
    const all = await Promise.all(ids.map((id) => server.client.getGeneration(id)));
    const found = all.find((one) => one.pictures.length > 0);
    if (found !== undefined) return found;
    await delay(10);
  }
}

type Row = { readonly pid: number; readonly parent: number; readonly command: string };

function processes(): Row[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)].map(([, pid, parent, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    command,
  }));
}

function workerOf(server: number): number {
  const found = processes().find(
    ({ parent, command }) => parent === server && command.includes('worker/main.ts'),
  );
  assert.ok(found);
  return found.pid;
}

/** The shell that starts PostgreSQL and the one within it that waits for the server's end. */
function guardsOf(server: number): number[] {
  const all = processes();
  const shells = all.filter(({ parent, command }) => parent === server && command.startsWith('/bin/sh'));
  const inner = all.filter(
    ({ parent, command }) => shells.some(({ pid }) => pid === parent) && command.startsWith('/bin/sh'),
  );
  return [...inner, ...shells].map(({ pid }) => pid);
}

function isAlive(pid: number): boolean {
  return processes().some((row) => row.pid === pid && !row.command.includes('<defunct>'));
}
