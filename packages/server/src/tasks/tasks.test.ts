/** Tasks over HTTP: real pictures enlarged by the worker. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ApiError, type Task, type UpscaleInput } from '@bottega/contract';
import { readPngText } from '@bottega/diffusion';
import { freshDataFolder, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';
import { openDatabase } from '../db/open-database.ts';
import { createLogger } from '../log/logger.ts';
import { openQueue } from '../queue/queue.ts';
import { createTaskReader } from './task-reader.ts';
import { createTasks } from './tasks.ts';

const upscalers = join(import.meta.dirname, '../../../diffusion/test-data/upscalers');
let server: TestServer;
let dataFolder: string;

before(async () => {
  dataFolder = await freshDataFolder();
  mkdirSync(join(dataFolder, 'models/ESRGAN'));
  copyFileSync(join(upscalers, 'compact-x2.pth'), join(dataFolder, 'models/ESRGAN/small.pth'));
  copyFileSync(join(upscalers, 'facts.json'), join(dataFolder, 'models/ESRGAN/broken.pth'));
  server = await startTestServer({ dataFolder });
});
after(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function sent(width = 24, height = 16): Promise<string> {
  const file = await sharp({ create: { width, height, channels: 3, background: '#c02030' } })
    .png()
    .toBuffer();
  return (await server.client.sendPicture(file)).id;
}

async function finished(order: UpscaleInput): Promise<Task> {
  const { id } = await server.client.upscale(order);
  return server.services.tasks.finished(id);
}

const refused = (order: object, field: string): Promise<void> =>
  assert.rejects(server.client.upscale(order as UpscaleInput), (error) => {
    assert.ok(error instanceof ApiError, String(error));
    assert.deepEqual([error.status, error.field], [422, field]);
    return true;
  });

test('pictures are enlarged by a file of the models folder', async () => {
  const images = [await sent(), await sent(16, 8)];
  const task = await finished({ images, upscaler: 'small', to: { scale: 4 } });
  assert.equal(task.state, 'done', JSON.stringify(task.error));
  assert.deepEqual(
    task.pictures.map(({ width, height }) => [width, height]),
    [
      [96, 64],
      [64, 32],
    ],
  );
  assert.equal(task.note, 'Postprocess upscale by: 4.0, Postprocess upscaler: small');
  const file = Buffer.from(await (await fetch(server.url + task.pictures[0].url)).arrayBuffer());
  assert.equal((await sharp(file).metadata()).width, 96);
  assert.equal(readPngText(file).texts.get('postprocessing'), task.note);
});

test('a size is covered and cut, or only covered', async () => {
  const images = [await sent()];
  for (const [crop, size] of [
    [true, [50, 50]],
    [false, [72, 48]],
  ] as const) {
    const { pictures } = await finished({ images, upscaler: 'Lanczos', to: { width: 50, height: 50, crop } });
    assert.deepEqual([pictures[0].width, pictures[0].height], size);
  }
});

test('an enlarged picture can be enlarged again, and is there as long as its task', async () => {
  const first = await finished({ images: [await sent(8, 8)], upscaler: 'Nearest', to: { scale: 3 } });
  const [{ id, url }] = first.pictures;
  const second = await finished({ images: [id], upscaler: 'Nearest', to: { scale: 2 } });
  assert.equal(second.pictures[0].width, 48);
  await server.client.deleteTask(second.id);
  assert.equal((await fetch(server.url + url)).status, 200);
  await server.client.deleteTask(first.id);
  assert.equal((await fetch(server.url + url)).status, 404);
  await assert.rejects(server.client.getTask(first.id), { code: 'task.unknown', status: 404 });
});

test('a picture keeps the parameters that it was drawn with', async () => {
  const { id } = await server.client.createGeneration({ prompt: 'an apple', width: 64, height: 64 });
  const [picture] = (await server.services.studio.finished(id)).pictures;
  const media = /[0-9a-f]{64}/.exec(picture.url)?.[0] ?? '';
  const { pictures } = await finished({ images: [media], upscaler: 'Lanczos', to: { scale: 2 } });
  assert.equal(pictures[0].infotext, picture.infotext);
});

test('tasks wait behind drawings in one queue, and can be cancelled there and while they run', async () => {
  const slow = await server.client.createGeneration({ prompt: 'slow', steps: 40 });
  const order = { images: [await sent(500, 200)], upscaler: 'esrgan-slim-x4' };
  const [waiting, running] = [await server.client.upscale(order), await server.client.upscale(order)];
  assert.equal(waiting.state, 'queued');
  assert.equal((await server.client.cancelTask(waiting.id)).state, 'cancelled');
  await assert.rejects(server.client.cancelTask(waiting.id), { code: 'task.finished', status: 409 });
  const seen: number[] = [];
  const leave = server.services.events.subscribe((event) => {
    if (event.type !== 'task' || event.task.id !== running.id) return;
    if ((event.task.fraction ?? 0) > 0) seen.push(event.task.fraction ?? 0);
    if (seen.length === 1 && event.task.state === 'running') void server.client.cancelTask(running.id);
  });
  await server.client.cancelGeneration(slow.id);
  const ended = await server.services.tasks.finished(running.id);
  leave();
  assert.equal(ended.state, 'cancelled');
  assert.ok(seen.length > 0 && seen[0] < 1);
  assert.deepEqual(ended.pictures, []);
});

test('what cannot be done is refused by field, or fails with a reason', async () => {
  const images = [await sent()];
  await refused({ images, upscaler: 'nothing' }, 'upscaler');
  await refused({ images, upscaler: 'broken' }, 'upscaler');
  await refused({ images, upscaler: 'None', second: { upscaler: '../x', share: 1 } }, 'second.upscaler');
  await refused({ images: [], upscaler: 'None' }, 'images');
  const gone = server.client.upscale({ images: ['0'.repeat(64)], upscaler: 'None' });
  await assert.rejects(gone, { code: 'media.unknown', message: /images\.0/ });
  await refused({ images: ['../../etc'], upscaler: 'None' }, 'images.0');
  await refused({ images, upscaler: 'None', to: { scale: 1000 } }, 'to.scale');
  await refused({ images, upscaler: 'None', more: 1 }, 'more');
  const large = await finished({ images: [await sent(2000, 2000)], upscaler: 'Nearest', to: { scale: 10 } });
  assert.deepEqual([large.state, large.error?.code], ['failed', 'request.invalid']);
});

test('a task goes a week after its end', async (t) => {
  const folder = await freshDataFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  const log = createLogger({ level: 'error', format: 'pretty' });
  const { db, pool, close } = await openDatabase(
    { ...server.config, databaseUrl: undefined, dataFolder: folder },
    log,
  );
  t.after(close);
  const jobs = await openQueue(pool, 'server', log);
  let now = Date.now();
  const { media, thumbnails, events: hub } = server.services;
  const reader = createTaskReader(db, new Map());
  const tasks = createTasks({ db, jobs, reader, hub, media, thumbnails, queueLimit: 2 }, () => now);
  const order = { kind: 'upscale', upscaler: 'None', to: { scale: 1 } } as const;
  const [old, waiting] = [await tasks.create(order), await tasks.create(order)];
  await assert.rejects(tasks.create(order), { code: 'queue.full' });
  await tasks.cancel(old.id);
  now += 8 * 24 * 60 * 60 * 1000;
  await tasks.create(order);
  await assert.rejects(tasks.get(old.id), { code: 'task.unknown' });
  assert.equal((await tasks.get(waiting.id)).state, 'queued');
  await jobs.stop();
});

test('upscalers are listed, without the places of their files', async () => {
  const { upscalers: list } = await server.client.listUpscalers();
  assert.deepEqual(
    list.find(({ name }) => name === 'small'),
    { name: 'small', title: 'small', kind: 'file', scale: 2 },
  );
  assert.match(list.find(({ name }) => name === 'broken')?.problem ?? '', /broken\.pth/);
});
