import assert from 'node:assert/strict';
import { request } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { type ServerEvent, serverEventSchema } from '@bottega/contract';
import { startTestServer, type TestServer } from '@bottega/testing';
import { createEventHub } from './hub.ts';
import { eventStream } from './routes.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

test('a stream begins with hello and tells a generation from order to end', async () => {
  const client = await openStream();
  const { id } = await server.client.createGeneration({ prompt: 'slow told', steps: 20, batchCount: 2 });
  const seen: ServerEvent[] = [];
  for await (const event of client.events) {
    seen.push(serverEventSchema.parse(event));
    if (event.type === 'generation' && event.generation.id === id && event.generation.state === 'done') break;
  }
  assert.equal(seen[0].type, 'hello');
  const states = seen.flatMap((event) =>
    event.type === 'generation' && event.generation.id === id
      ? [`${event.generation.state} ${event.generation.pictures.length}`]
      : [],
  );
  assert.deepEqual([...new Set(states)].slice(-3), ['running 1', 'running 2', 'done 2']);
  const steps = seen.flatMap((event) =>
    event.type === 'progress' && event.id === id ? [event.progress.step] : [],
  );
  assert.ok(steps.length > 5);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
  assert.ok(
    seen.some((event) => event.type === 'progress' && event.preview?.startsWith('data:image/webp;base64,')),
  );
  assert.ok(seen.some((event) => event.type === 'queue'));
});

test('progress is told to those who ask, as long as it runs', async () => {
  const { client } = server;
  const { id } = await client.createGeneration({ prompt: 'slow asked', steps: 100 });
  for (;;) {
    const { progress, preview } = await client.getGeneration(id);
    if (progress !== undefined && preview !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await client.cancelGeneration(id);
  const ended = await server.services.studio.finished(id);
  assert.equal(ended.progress, undefined);
});

test('deletions are told', async () => {
  const { client, services } = server;
  const { id } = await client.createGeneration({ steps: 1, batchCount: 2 });
  const { pictures } = await services.studio.finished(id);
  const stream = await openStream();
  await client.deletePicture(pictures[0].id);
  await client.deleteGeneration(id);
  const types: string[] = [];
  for await (const event of stream.events) {
    if (event.type.endsWith('-deleted')) types.push(event.type);
    if (types.length === 2) break;
  }
  assert.deepEqual(types, ['picture-deleted', 'generation-deleted']);
});

test('clients that disconnect in mid-stream leave nothing behind, and the job goes on', async () => {
  const { client, services } = server;
  const { id } = await client.createGeneration({ prompt: 'slow left', steps: 10 });
  for (let i = 0; i < 20; i++) {
    const stream = await openStream();
    await stream.events.next();
    stream.close();
  }
  assert.equal((await services.studio.finished(id)).state, 'done');
});

test('a stream that is cancelled ends its subscription', async () => {
  const hub = createEventHub();
  let count = 0;
  const counting = {
    ...hub,
    subscribe: (listener: (event: ServerEvent) => void) => {
      const leave = hub.subscribe(listener);
      count++;
      return () => {
        count--;
        leave();
      };
    },
  };
  const stream = eventStream(counting, { version: '1' });
  const reader = stream.getReader();
  await reader.read();
  assert.equal(count, 1);
  await reader.cancel();
  assert.equal(count, 0);
});

test('a client that does not read is dropped before it costs much memory', async () => {
  const hub = createEventHub();
  const stream = eventStream(hub, { version: '1' });
  const big: ServerEvent = { type: 'hello', version: 'x'.repeat(100_000) };
  for (let i = 0; i < 100; i++) hub.publish(big);
  const reader = stream.getReader();
  await assert.rejects(async () => {
    for (;;) await reader.read();
  }, /too slow/);
});

test('a silent stream is kept alive by comments', async () => {
  const reader = eventStream(createEventHub(), { version: '1', keepAliveMs: 5 }).getReader();
  let text = '';
  // The stream's own timer does not keep a process alive.
  const alive = setInterval(() => {}, 10);
  while (!text.includes(': still here')) text += new TextDecoder().decode((await reader.read()).value);
  clearInterval(alive);
  await reader.cancel();
});

/** Unlike fetch it can be cut off like a cable. */
async function openStream() {
  const { hostname, port } = new URL(server.url);
  const sent = request({ hostname, port, path: '/api/v1/events' });
  sent.on('error', () => {});
  sent.end();
  const [response] = await once(sent, 'response');
  assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
  async function* events(): AsyncGenerator<ServerEvent> {
    let text = '';
    for await (const part of response.setEncoding('utf8')) {
      text += part;
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) if (one.startsWith('data: ')) yield JSON.parse(one.slice(6)) as ServerEvent;
    }
  }
  return { events: events(), close: () => void sent.destroy() };
}
