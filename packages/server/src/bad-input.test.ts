/** What strangers, mistakes and broken programs send: each is answered with a code, the field and the remedy. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import type { ApiError } from '@bottega/contract';
import { startTestServer, type TestServer } from '@bottega/testing';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.stop());

const rightToLeft = 'تفاحة حمراء على خلفية زرقاء';

for (const [name, prompt] of [
  ['empty', ''],
  ['100,000 characters', 'word '.repeat(20_000)],
  ['unbalanced brackets', '((([red:1.2 apple)]{'],
  ['emoji', '🍎🍏 👩‍👩‍👧‍👦'],
  ['right-to-left', rightToLeft],
  ['a lone surrogate', 'half \ud83c of an emoji'],
  ['quotes and markup', `"'; drop table generations; -- <script>alert(1)</script>`],
] as const) {
  test(`a prompt of ${name} is drawn and told back`, async () => {
    const { id, recipe } = await server.client.createGeneration({ prompt, steps: 1 });
    const done = await server.services.studio.finished(id);
    assert.equal(done.state, 'done');
    assert.equal(recipe.prompt, prompt.toWellFormed());
    assert.equal(done.pictures[0].prompt, prompt.toWellFormed());
  });
}

for (const [field, value] of [
  ['prompt', 'x'.repeat(100_001)],
  ['prompt', 'a\0b'],
  ['prompt', 7],
  ['steps', 0],
  ['steps', -1],
  ['steps', 1e9],
  ['steps', 1.5],
  ['steps', 'twenty'],
  ['width', 1],
  ['width', 7],
  ['height', 1_000_000],
  ['cfgScale', 'NaN'],
  ['cfgScale', null],
  ['seed', 2 ** 53 + 1],
  ['seed', -2],
  ['batchCount', 101],
  ['sampler', 'Eulr'],
  ['scheduler', 'Karas'],
  ['clipSkip', 13],
  ['colour', 'red'],
] as const) {
  test(`${field} = ${String(value).slice(0, 20)} is refused with 422 and named`, async () => {
    const { status, body } = await post('/api/v1/generations', JSON.stringify({ [field]: value }));
    assert.equal(status, 422);
    assert.equal(body.error.field, field);
    assert.ok(body.error.message.length > 10);
  });
}

test('a seed of -1 draws one, sizes are rounded down to multiples of 8', async () => {
  const { recipe } = await server.client.createGeneration({ seed: -1, steps: 1, width: 71, height: 64 });
  assert.ok((recipe.seed ?? -1) >= 0);
  assert.deepEqual([recipe.width, recipe.height], [64, 64]);
});

for (const model of [
  'missing',
  '../tiny',
  '../../etc/passwd',
  '/etc/passwd',
  'tiny\0',
  'tiny.safetensors/../tiny',
  'a'.repeat(301),
]) {
  test(`the model ${JSON.stringify(model).slice(0, 30)} is refused`, async () => {
    const { status, body } = await post('/api/v1/generations', JSON.stringify({ model }));
    assert.ok(status === 404 || status === 422);
    assert.equal(body.error.field, 'model');
  });
}

for (const model of ['tiny', 'tiny.safetensors', 'TINY']) {
  test(`the model is found as ${model}`, async () => {
    assert.equal((await server.client.createGeneration({ model, steps: 1 })).model, 'tiny');
  });
}

for (const [name, body, type, status, code] of [
  ['broken JSON', '{"prompt": ', 'application/json', 400, 'request.malformed'],
  ['20,000 levels', `${'['.repeat(2e4)}${']'.repeat(2e4)}`, 'application/json', 400, 'request.malformed'],
  ['a list', '[1]', 'application/json', 422, 'request.invalid'],
  ['a number', '7', 'application/json', 422, 'request.invalid'],
  ['null', 'null', 'application/json', 422, 'request.invalid'],
  ['text', '{}', 'text/plain', 415, 'request.unsupported-type'],
  ['a form', 'prompt=x', 'application/x-www-form-urlencoded', 415, 'request.unsupported-type'],
  ['3 MB', `{"prompt": "${'x'.repeat(3_000_000)}"}`, 'application/json', 413, 'request.too-large'],
] as const) {
  test(`a body of ${name} is answered with ${status}`, async () => {
    const answer = await post('/api/v1/generations', body, { 'content-type': type });
    assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
  });
}

test('a body that announces 1 GB is refused before it is sent', async () => {
  const { status, sent } = await upload({ 'content-length': String(2 ** 30) }, 2 ** 30);
  assert.equal(status, 413);
  assert.ok(sent < 2 ** 26);
});

test('a body of 1 GB that announces nothing is refused on the way', async () => {
  const { status, sent } = await upload({ 'transfer-encoding': 'chunked' }, 2 ** 30);
  assert.equal(status, 413);
  assert.ok(sent < 2 ** 28);
});

test('unknown addresses are answered in JSON', async () => {
  const response = await fetch(`${server.url}/api/v1/nothing`);
  assert.equal(response.status, 404);
  assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'route.unknown');
});

for (const path of [
  '/media/../server.pid',
  '/media/..%2f..%2fserver.pid',
  `/media/${'a'.repeat(64)}.png`,
  '/media/x.png',
  `/media/${'a'.repeat(64)}.svg`,
]) {
  test(`${path.slice(0, 40)} is not there`, async () => {
    const { status } = await raw('GET', path);
    assert.equal(status, 404);
  });
}

for (const id of ['1', 'x'.repeat(5000), '%00', '00000000-0000-7000-8000-000000000000']) {
  test(`there is no generation and no picture ${id.slice(0, 40)}`, async () => {
    for (const [kind, method] of [
      ['generations', 'GET'],
      ['generations', 'DELETE'],
      ['pictures', 'GET'],
      ['pictures', 'DELETE'],
    ] as const) {
      assert.equal((await raw(method, `/api/v1/${kind}/${id}`)).status, 404);
    }
  });
}

for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'state=gone']) {
  test(`a list with ${query} is refused`, async () => {
    assert.equal((await fetch(`${server.url}/api/v1/generations?${query}`)).status, 422);
  });
}

test('a strange search finds nothing and breaks nothing', async () => {
  for (const search of [
    `'`,
    `a & ! b`,
    ':*',
    '%',
    '\\',
    `' || 1 --`,
    '<->',
    '🍊',
    '\u0000',
    'a'.repeat(1000),
  ]) {
    assert.equal((await server.client.listPictures({ search })).total >= 0, true);
  }
});

test("a stranger's page can neither change anything nor be mistaken for ours", async () => {
  const foreign = await post('/api/v1/generations', '{}', { origin: 'https://evil.example' });
  assert.deepEqual([foreign.status, foreign.body.error.code], [403, 'request.foreign-origin']);
  const { status } = await raw('GET', '/api/v1/pictures', { host: 'evil.example:7860' });
  assert.equal(status, 403);
  const own = await post('/api/v1/generations', '{"steps":1}', { origin: server.url });
  assert.equal(own.status, 202);
});

test('a failure of our own tells a reference, not its insides', async () => {
  const broken = await startTestServer();
  try {
    await broken.services.studio.queue();
    Object.assign(broken.services.gallery, { page: () => Promise.reject(new Error('secret /path')) });
    const response = await fetch(`${broken.url}/api/v1/pictures`);
    const text = await response.text();
    assert.equal(response.status, 500);
    assert.match(text, /server\.failed/);
    assert.doesNotMatch(text, /secret|\.ts/);
  } finally {
    await broken.stop();
  }
});

test('the queue has an end, and says so', async () => {
  await using small = await startTestServer({ env: { BOTTEGA_QUEUE_LIMIT: '2' } });
  const slow = { prompt: 'slow', steps: 100, batchCount: 10 };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => small.client.createGeneration(slow)),
  );
  const refused = outcomes.filter((one) => one.status === 'rejected').map((one) => one.reason as ApiError);
  assert.ok(refused.length >= 5);
  assert.ok(refused.every((error) => error.code === 'queue.full' && error.status === 429));
});

type Body = { readonly error: { readonly code: string; readonly message: string; readonly field?: string } };

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, body: (await response.json()) as Body };
}

/** Unlike fetch it sends paths and hosts as they are. */
async function raw(method: string, path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(server.url);
  const sent = request({ hostname, port, method, path, headers });
  sent.end();
  const [response] = await once(sent, 'response');
  response.resume();
  return { status: response.statusCode as number };
}

/** Sends zeros until the server has had enough. */
async function upload(headers: Record<string, string>, size: number) {
  const { hostname, port } = new URL(server.url);
  const sent = request({
    hostname,
    port,
    method: 'POST',
    path: '/api/v1/recipes/read',
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });
  let count = 0;
  const enough = new AbortController();
  sent.on('error', () => enough.abort());
  const answered = once(sent, 'response');
  sent.once('response', () => enough.abort());
  const part = Buffer.alloc(2 ** 20);
  while (count < size && !enough.signal.aborted) {
    count += part.length;
    if (!sent.write(part))
      await Promise.race([once(sent, 'drain'), answered, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  const [response] = await answered;
  sent.destroy();
  return { status: response.statusCode as number, sent: count };
}
