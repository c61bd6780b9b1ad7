import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

const small = { steps: 1, width: 64, height: 64 };

for (const [field, value, type] of [
  ['steps', 0, 'value_error.number.not_ge'],
  ['steps', 1e9, 'value_error.number.not_le'],
  ['steps', 'twenty', 'type_error.integer'],
  ['width', 1, 'value_error.number.not_ge'],
  ['height', 1_000_000, 'value_error.number.not_le'],
  ['seed', 2 ** 53 + 1, 'value_error.number.not_le'],
  ['cfg_scale', 'NaN', 'type_error.float'],
  ['cfg_scale', Infinity, 'type_error.float'],
  ['prompt', 'a\0b', 'value_error'],
  ['prompt', 'x'.repeat(100_001), 'value_error.any_str.max_length'],
  ['styles', {}, 'type_error.list'],
  ['batch_size', 17, 'value_error.number.not_le'],
] as const) {
  test(`${field} = ${String(value).slice(0, 20)} is a 422 with its place`, async () => {
    // JSON has no infinity, but numbers that become it.
    const text = JSON.stringify({ ...small, [field]: value }).replace(':null', ':1e400');
    const { status, body } = await call('/sdapi/v1/txt2img', text);
    assert.equal(status, 422);
    const [detail] = sdapi.validationErrorSchema.parse(body).detail;
    assert.deepEqual([detail.loc, detail.type], [['body', field], type]);
  });
}

for (const prompt of [
  '',
  '   ',
  '((((((((((',
  ']]]])))',
  '[a:b:[c|d',
  'a AND',
  '👩‍👩‍👧‍👦 🍎 مرحبا שלום ‮abc‬',
  'half \ud800 a character',
  '(x:1e999)',
  '<lora:no such:1>',
  'Negative prompt: x\nSteps: 1, Seed: 2, Size: 3x3',
  'x'.repeat(100_000),
]) {
  test(`the prompt ${JSON.stringify(prompt.slice(0, 40))} is drawn`, async () => {
    const { status, body } = await call('/sdapi/v1/txt2img', { ...small, prompt, negative_prompt: prompt });
    assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
    assert.equal((body as sdapi.GenerationResponse).images.length, 1);
  });
}

for (const [what, text, loc] of [
  ['broken JSON', '{"steps": 1', 'body'],
  ['NaN', '{"cfg_scale": NaN}', 'body'],
  ['no body', '', 'body'],
  ['a list', '[]', 'body'],
  ['what is nested too deep', `{"comments": ${'{"a":'.repeat(2e4)}1${'}'.repeat(2e4)}}`, 'body'],
  ['null', 'null', 'body'],
  ['a number', '7', 'body'],
] as const) {
  test(`${what} is a 422`, async () => {
    const { status, body } = await call('/sdapi/v1/txt2img', text);
    assert.equal(status, 422);
    assert.equal(sdapi.validationErrorSchema.parse(body).detail[0].loc[0], loc);
  });
}

for (const [path, body, loc, type] of [
  ['png-info', {}, ['body', 'image'], 'value_error.missing'],
  ['png-info', { image: null }, ['body', 'image'], 'type_error.none.not_allowed'],
  ['png-info', { image: [1] }, ['body', 'image'], 'type_error.str'],
  ['extra-batch-images', { imageList: 'x' }, ['body', 'imageList'], 'type_error.list'],
  ['extra-batch-images', { imageList: ['x'] }, ['body', 'imageList', 0], 'type_error.dict'],
  [
    'extra-batch-images',
    { imageList: [{ data: 'x' }] },
    ['body', 'imageList', 0, 'name'],
    'value_error.missing',
  ],
] as const) {
  test(`${path} with ${JSON.stringify(body)} says ${type}`, async () => {
    const answer = await call(`/sdapi/v1/${path}`, body);
    const [detail] = sdapi.validationErrorSchema.parse(answer.body).detail;
    assert.deepEqual([answer.status, detail.loc, detail.type], [422, loc, type]);
  });
}

test('a mark at the beginning, and no type at all, are as good', async () => {
  for (const [text, type] of [
    ['\ufeff', 'application/json'],
    ['', ''],
  ]) {
    const init = { headers: { 'content-type': type } };
    assert.equal((await call('/sdapi/v1/txt2img', text + JSON.stringify(small), init)).status, 200);
  }
});

test('a body of another type is a 422, as from a form of another page', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const { status } = await call('/sdapi/v1/txt2img', JSON.stringify(small), {
      headers: { 'content-type': type },
    });
    assert.equal(status, 422);
  }
});

/** Sends a head that announces `length` bytes, or none, and then pieces for as long as it is let. */
async function send(
  path: string,
  length: number | undefined,
): Promise<{ readonly status: number; readonly sent: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(server.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
    },
  });
  let sent = 0;
  outgoing.on('response', (response) => {
    resolve(response.statusCode ?? 0);
    outgoing.destroy();
  });
  // After an answer this rejects nothing any more.
  outgoing.on('error', reject);
  const piece = Buffer.alloc(2 ** 20, ' ');
  const pump = (): void => {
    while (!outgoing.destroyed && sent < 2 ** 30) {
      sent += piece.length;
      if (!outgoing.write(piece)) return void outgoing.once('drain', pump);
    }
  };
  pump();
  return { status: await promise, sent };
}

for (const path of ['/sdapi/v1/txt2img', '/sdapi/v1/options', '/sdapi/v1/png-info']) {
  test(`a gigabyte to ${path} is refused before it is read`, async () => {
    assert.equal((await send(path, 2 ** 30)).status, 413);
    const { status, sent } = await send(path, undefined);
    assert.equal(status, 413);
    assert.ok(sent < 2 ** 29, `${sent}`);
  });
}

test('200 requests at once all end, half of them interrupted by their clients', async () => {
  const answers = Array.from({ length: 200 }, (_, n) => {
    const client = new AbortController();
    const answer = call('/sdapi/v1/txt2img', { ...small, send_images: false }, { signal: client.signal });
    if (n % 2 === 1) setTimeout(() => client.abort(), n);
    return answer.then(
      ({ status }) => status,
      () => 'gone',
    );
  });
  const ends = await Promise.all(answers);
  assert.deepEqual(new Set(ends.filter((_, n) => n % 2 === 0)), new Set([200]));
  assert.ok(ends.every((end) => end === 200 || end === 'gone'));
  const deadline = 500;
  for (let i = 0; i < deadline; i++) {
    const { running, queued } = await server.client.getQueue();
    if (running.length + queued.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(await server.client.getQueue(), { running: [], queued: [] });
  assert.deepEqual((await call('/internal/pending-tasks')).body, { size: 0, tasks: [] });
});
