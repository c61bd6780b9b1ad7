import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '@bottega/testing';
import { ApiError } from '@bottega/contract';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('an order becomes stored pictures with consecutive seeds', async () => {
  const { client, services } = server;
  const accepted = await client.createGeneration({
    prompt: 'a red apple',
    seed: 7,
    steps: 2,
    batchSize: 2,
    batchCount: 2,
  });
  assert.equal(accepted.recipe.model, 'tiny');
  const done = await services.studio.finished(accepted.id);
  assert.equal(done.state, 'done');
  assert.deepEqual(
    done.pictures.map((picture) => [picture.index, picture.seed]),
    [
      [0, 7],
      [1, 8],
      [2, 9],
      [3, 10],
    ],
  );
  const response = await fetch(server.url + done.pictures[0].url);
  assert.equal(response.headers.get('content-type'), 'image/png');
  assert.match(Buffer.from(await response.arrayBuffer()).toString('latin1'), /tEXtparameters\0a red apple/);
});

test('an open seed is drawn when the order is accepted, so that a retry draws the same', async () => {
  const { recipe } = await server.client.createGeneration({ seed: -1, steps: 1, subseedStrength: 0.5 });
  assert.ok((recipe.seed ?? -1) >= 0);
  assert.ok((recipe.subseed ?? -1) >= 0);
});

test('a running generation is cancelled, an ended one is not', async () => {
  const { client, services } = server;
  const { id } = await client.createGeneration({ prompt: 'slow', steps: 100 });
  await running(id);
  await client.cancelGeneration(id);
  const ended = await services.studio.finished(id);
  assert.equal(ended.state, 'cancelled');
  await assert.rejects(
    client.cancelGeneration(id),
    (error) => error instanceof ApiError && error.code === 'generation.finished',
  );
});

test('200 orders at once, half of them cancelled: each ends as it should, in order, once', async () => {
  const { client, services } = server;
  const blocker = await client.createGeneration({ prompt: 'slow', steps: 100, batchCount: 100 });
  await running(blocker.id);
  const accepted = await Promise.all(
    Array.from({ length: 200 }, (_, n) => client.createGeneration({ prompt: `job ${n}`, steps: 1 })),
  );
  const { queued } = await client.getQueue();
  assert.deepEqual(
    queued.map((one) => one.position),
    queued.map((_, index) => index + 1),
  );
  assert.deepEqual(new Set(queued.map((one) => one.id)), new Set(accepted.map((one) => one.id)));
  const cancelled = accepted.filter((_, n) => n % 2 === 1);
  await Promise.all(cancelled.map(({ id }) => client.cancelGeneration(id)));
  await client.cancelGeneration(blocker.id);
  const ended = await Promise.all(accepted.map(({ id }) => services.studio.finished(id)));
  assert.deepEqual(
    ended.map((one) => one.state),
    accepted.map((_, n) => (n % 2 === 1 ? 'cancelled' : 'done')),
  );
  assert.ok(ended.every((one) => one.pictures.length === (one.state === 'done' ? 1 : 0)));
  const order = new Map(queued.map(({ id }, place) => [id, place]));
  const drawn = ended
    .filter((one) => one.state === 'done')
    .toSorted((a, b) => (a.pictures[0].id < b.pictures[0].id ? -1 : 1));
  const places = drawn.map(({ id }) => order.get(id) ?? -1);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('a deleted generation takes its pictures and their files with it', async () => {
  const { client, services } = server;
  const { id } = await client.createGeneration({ prompt: 'gone', seed: 1_000_001, steps: 1 });
  const { pictures } = await services.studio.finished(id);
  await client.deleteGeneration(id);
  assert.equal((await fetch(server.url + pictures[0].url)).status, 404);
  await assert.rejects(client.getPicture(pictures[0].id), /no picture/);
  await assert.rejects(client.getGeneration(id), /no generation/);
});

test('a generation deleted while it is drawn leaves nothing behind', async () => {
  const { client } = server;
  const { id } = await client.createGeneration({ prompt: 'slow deleted', steps: 3, batchCount: 10 });
  await running(id);
  await client.deleteGeneration(id);
  const next = await client.createGeneration({ prompt: 'after it', steps: 1 });
  await server.services.studio.finished(next.id);
  assert.equal((await client.listPictures({ search: 'deleted' })).total, 0);
});

test('an engine error ends the generation with its code', async () => {
  const { id } = await server.client.createGeneration({ prompt: 'nan', steps: 3 });
  const ended = await server.services.studio.finished(id);
  assert.deepEqual([ended.state, ended.error?.code], ['failed', 'model.not-finite']);
});

test('generations are listed newest first, page by page', async () => {
  const { client } = server;
  const all: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listGenerations({ limit: 50, ...(cursor !== undefined && { cursor }) });
    all.push(...page.generations.map((generation) => generation.id));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  assert.ok(all.length > 200);
  assert.deepEqual(all, [...new Set(all)].toSorted().toReversed());
});

async function running(id: string): Promise<void> {
  for (;;) {
    const { state } = await server.client.getGeneration(id);
    if (state === 'running') return;
    assert.equal(state, 'queued');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
