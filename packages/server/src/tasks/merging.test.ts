/** Merging models over HTTP. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ApiError, type MergeInput, type Task } from '@bottega/contract';
import { freshDataFolder, startTestServer, type TestServer, writeTinyCheckpoint } from '@bottega/testing';

let server: TestServer;
let dataFolder: string;
let folder: string;

before(async () => {
  dataFolder = await freshDataFolder();
  folder = join(dataFolder, 'models');
  writeTinyCheckpoint(join(folder, 'other.safetensors'), { seed: 1 });
  writeTinyCheckpoint(join(folder, 'inpaint.safetensors'), { seed: 2, inChannels: 9 });
  writeFileSync(join(folder, 'other.json'), '{"title":"The other"}');
  server = await startTestServer({ dataFolder });
});
after(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function merged(order: MergeInput): Promise<Task> {
  const { id } = await server.client.mergeModels(order);
  return server.services.tasks.finished(id);
}

test('a merged model is installed under its name, with the card of its source', async () => {
  const task = await merged({ a: 'tiny', b: 'other.safetensors', ratio: 0.5, half: true });
  assert.deepEqual([task.state, task.model], ['done', '0.5(tiny) + 0.5(other)'], JSON.stringify(task.error));
  const { models } = await server.client.listModels();
  const found = models.find(({ name }) => name === task.model);
  assert.deepEqual([found?.description, found?.problem], ['The other', undefined]);
  const { id } = await server.client.createGeneration({ prompt: 'x', model: task.model });
  assert.equal((await server.services.studio.finished(id)).state, 'done');
  const again = await merged({ a: 'tiny', b: 'other', ratio: 0.5 });
  assert.deepEqual([again.state, again.error?.code], ['failed', 'merge.exists']);
  assert.equal((await fetch(`${server.url}/api/v1/tasks/${task.id}`, { method: 'DELETE' })).status, 204);
  assert.ok(
    (await server.client.listModels()).models.some(({ name }) => name === task.model),
    'it stays',
  );
});

test('a model that nothing can be drawn with can be merged all the same', async () => {
  const task = await merged({ a: 'inpaint', b: 'tiny', ratio: 0.5, name: 'painter' });
  assert.equal(task.model, 'painter.inpainting');
});

test('a VAE is taken from its folder, or from a model', async () => {
  mkdirSync(join(folder, 'VAE'));
  copyFileSync(join(folder, 'other.safetensors'), join(folder, 'VAE/sharp.safetensors'));
  const [own, other] = [
    await merged({ a: 'tiny', vae: 'sharp', name: 'baked', metadata: false }),
    await merged({ a: 'tiny', vae: 'other', name: 'baked too', metadata: false }),
  ];
  assert.deepEqual([own.state, other.state], ['done', 'done'], JSON.stringify([own.error, other.error]));
  const [first, second, tiny] = ['baked', 'baked too', 'tiny'].map((name) =>
    readFileSync(join(folder, `${name}.safetensors`)),
  );
  assert.ok(first.equals(second));
  assert.ok(!first.subarray(-1000).equals(tiny.subarray(-1000)));
});

test('what does not go together fails with a reason, and leaves nothing behind', async () => {
  const task = await merged({ a: 'tiny', b: 'inpaint', name: 'never' });
  assert.deepEqual([task.state, task.error?.code], ['failed', 'merge.mismatch']);
  assert.match(task.error?.message ?? '', /give the inpainting model first/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => /never|merging/.test(name)),
    [],
  );
});

function refused(order: object, status: number, about: RegExp): Promise<void> {
  return assert.rejects(server.client.mergeModels(order as MergeInput), (error) => {
    assert.ok(error instanceof ApiError, String(error));
    assert.deepEqual([error.status, about.test(`${error.field} ${error.message}`)], [status, true]);
    return true;
  });
}

test('orders that make no sense are refused by field', async () => {
  await refused({ a: 'nobody', b: 'tiny' }, 404, /no model "nobody"/);
  await refused({ a: '../../etc/passwd' }, 404, /no model/);
  await refused({ a: 'tiny', vae: 'nobody' }, 404, /nobody/);
  await refused({}, 422, /^a /);
  await refused({ a: 'tiny', ratio: 9 }, 422, /^ratio /);
  await refused({ a: 'tiny', folder: '/tmp' }, 422, /^folder /);
  const odd = await merged({ a: 'tiny', name: '../up' });
  assert.deepEqual([odd.state, odd.error?.code], ['failed', 'request.invalid']);
});
