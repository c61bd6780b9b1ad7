/** Pictures that are sent to start from, from the first byte to the last generation that needs them. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { ApiError } from '@bottega/contract';
import { freshDataFolder, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';
import { openDatabase } from '../db/open-database.ts';
import { createLogger } from '../log/logger.ts';
import { createUploads } from './uploads.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const hasCode = (code: string, field?: string) => (error: ApiError) =>
  error.code === code && (field === undefined || error.message.includes(field));

let counter = 0;

/** A picture of a colour that no other test has. */
async function picture(width = 24, height = 16): Promise<Buffer> {
  const background = { r: 40, g: counter++, b: 200 };
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

async function isThere(url: string): Promise<boolean> {
  return (await fetch(server.url + url)).status === 200;
}

test('a picture is sent, named, and started from', async () => {
  const sent = await server.client.sendPicture(await picture(40, 24));
  assert.deepEqual([sent.width, sent.height], [40, 24]);
  const { id, recipe } = await server.client.createGeneration({
    start: { images: [sent.id], strength: 0.4 },
    steps: 1,
    seed: 9,
  });
  assert.deepEqual([recipe.width, recipe.height, recipe.start?.strength], [40, 24, 0.4]);
  const { state, pictures } = await server.services.studio.finished(id);
  assert.equal(state, 'done');
  const bytes = await (await fetch(server.url + pictures[0].url)).arrayBuffer();
  const data = await sharp(Buffer.from(bytes)).raw().toBuffer();
  // The fake engine paints the seed in red, and the rest of the picture that it starts from.
  assert.deepEqual([...data.subarray(0, 3)], [9, counter - 1, 200]);
});

test('a picture of the gallery can be started from, and stays as long as it is needed', async () => {
  const first = await server.client.createGeneration({ seed: 77_001, steps: 1, width: 64, height: 64 });
  const [drawn] = (await server.services.studio.finished(first.id)).pictures;
  const image = /([0-9a-f]{64})/.exec(drawn.url)?.[1] ?? '';
  const second = await server.client.createGeneration({ start: { images: [image] }, steps: 1, seed: 5 });
  await server.client.deleteGeneration(first.id);
  assert.ok(await isThere(drawn.url));
  await server.services.studio.finished(second.id);
  await server.client.deleteGeneration(second.id);
  assert.ok(!(await isThere(drawn.url)));
});

test("only what the mask encloses: the size is the model's own, not the picture's", async () => {
  const [image, mask] = [await server.client.sendPicture(await picture(24, 16)), await picture(24, 16)];
  const { id } = await server.client.sendPicture(mask);
  const { recipe } = await server.client.createGeneration({
    start: { images: [image.id], mask: { image: id, area: 'masked' } },
    steps: 1,
  });
  const plain = await server.client.createGeneration({ steps: 1 });
  assert.deepEqual([recipe.width, recipe.height], [plain.recipe.width, plain.recipe.height]);
});

test('beyond its edges: as large as the picture with what is added', async () => {
  const { id } = await server.client.sendPicture(await picture(40, 24));
  const { recipe } = await server.client.createGeneration({
    start: { images: [id], outpaint: { left: 10, down: 8 } },
    steps: 1,
  });
  assert.deepEqual([recipe.width, recipe.height], [56, 32]);
  await assert.rejects(
    server.client.createGeneration({ start: { images: [id], outpaint: { left: 8 }, mask: { image: id } } }),
    hasCode('request.invalid', 'outpaint'),
  );
});

test('a picture that nobody has sent is refused with its field', async () => {
  const { id } = await server.client.sendPicture(await picture());
  const nobody = 'ab'.repeat(32);
  await assert.rejects(
    server.client.createGeneration({ start: { images: [id, nobody] } }),
    hasCode('media.unknown', 'start.images.1'),
  );
  await assert.rejects(
    server.client.createGeneration({ start: { images: [id], mask: { image: nobody } } }),
    hasCode('media.unknown', 'start.mask.image'),
  );
  const { queued, running } = await server.client.getQueue();
  assert.ok([...queued, ...running].every(({ recipe }) => !JSON.stringify(recipe).includes(nobody)));
});

test('what is no picture is refused, and nothing stays of it', async () => {
  await assert.rejects(server.client.sendPicture(Buffer.from('<svg/>')), hasCode('picture.unreadable'));
  const large = await fetch(`${server.url}/api/v1/media`, {
    method: 'POST',
    body: new Uint8Array(2 ** 25 + 1),
  });
  assert.equal(large.status, 413);
});

test('a picture is forgotten after a day, unless something starts from it', async (t) => {
  const folder = await freshDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const log = createLogger({ level: 'error', format: 'pretty' });
  const { db, close } = await openDatabase(
    { ...server.config, databaseUrl: undefined, dataFolder: folder },
    log,
  );
  t.after(close);
  let now = Date.now();
  const { media, thumbnails } = server.services;
  const uploads = createUploads(db, { media, thumbnails }, () => now);
  const old = await uploads.keep(await picture());
  assert.ok(await isThere(old.url));
  now += 25 * 60 * 60 * 1000;
  const young = await uploads.keep(await picture());
  assert.deepEqual([await isThere(old.url), await isThere(young.url)], [false, true]);
});

test('two people send one picture: the first who lets go of it takes nothing away', async () => {
  const { uploads } = server.services;
  const file = await picture();
  const [one, two] = [await uploads.keep(file), await uploads.keep(file)];
  assert.equal(one.id, two.id);
  await uploads.forget(one);
  assert.ok(await isThere(two.url));
  await uploads.forget(two);
  assert.ok(!(await isThere(two.url)));
});
