import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { sdapi } from '@bottega/contract';
import {
  callApi,
  type CallApi,
  startTestServer,
  type TestServer,
  writeTinyCheckpoint,
} from '@bottega/testing';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
  writeTinyCheckpoint(join(server.config.modelFolders[0], 'other.safetensors'), { seed: 1 });
  await server.client.refreshModels();
  await server.services.models.hashed();
});
after(() => server.stop());

async function options(): Promise<Record<string, unknown>> {
  return (await call('/sdapi/v1/options')).body as Record<string, unknown>;
}

test('every setting has its default', async () => {
  const { sd_model_checkpoint: checkpoint, sd_checkpoint_hash: hash, ...rest } = await options();
  const { sd_model_checkpoint: _, sd_checkpoint_hash: __, ...defaults } = sdapi.optionDefaults;
  assert.deepEqual(rest, defaults);
  assert.match(String(checkpoint), /^other\.safetensors( \[[0-9a-f]{10}\])?$/);
  assert.match(String(hash), /^([0-9a-f]{64})?$/);
});

test('what is read can be posted back whole, as Open WebUI does, keys of its own included', async () => {
  const all = {
    ...(await options()),
    CLIP_stop_at_last_layers: 2,
    my_key: { list: [1, 'two', null] },
    n_rows: null,
  };
  const { status, body } = await call('/sdapi/v1/options', all);
  assert.deepEqual([status, body], [200, null]);
  assert.deepEqual(await options(), { ...all, n_rows: -1 });
});

test('the checkpoint is switched by any of its names, and draws', async () => {
  const tiny = server.services.models.find('tiny');
  const { name: plain, title, sha256 = '' } = tiny;
  for (const name of [
    plain,
    'tiny.safetensors',
    title,
    sha256,
    sha256.slice(0, 10),
    `tiny [${sha256.slice(0, 10)}]`,
  ]) {
    await call('/sdapi/v1/options', { sd_model_checkpoint: 'other' });
    assert.equal((await call('/sdapi/v1/options', { sd_model_checkpoint: name })).status, 200, name);
    assert.equal((await options()).sd_model_checkpoint, tiny.title);
  }
  const { body } = await call('/sdapi/v1/txt2img', { steps: 1, width: 64, height: 64 });
  assert.match((body as sdapi.GenerationResponse).info, /"sd_model_name":"tiny"/);
});

for (const name of ['no such', '../../etc/passwd', '/etc/passwd', 'tiny\0', '', 7, {}]) {
  test(`the checkpoint ${JSON.stringify(name)} is a 500 that names it, and changes nothing`, async () => {
    const before = await options();
    const { status, body } = await call('/sdapi/v1/options', { sd_model_checkpoint: name, n_rows: 4 });
    assert.equal(status, 500);
    assert.deepEqual(body, {
      error: 'RuntimeError',
      detail: '',
      body: '',
      errors: `model '${String(name)}' not found`,
    });
    assert.deepEqual(await options(), before);
  });
}

test('settings that the API may not write are passed over', async () => {
  await call('/sdapi/v1/options', { api_forbid_local_requests: false });
  assert.equal((await options()).api_forbid_local_requests, true);
});

for (const [what, change] of [
  ['text for a number', { CLIP_stop_at_last_layers: 'two' }],
  ['NUL in a value', { mine: 'a\0b' }],
  ['NUL in a key', { 'mi\0ne': 1 }],
  ['a very long value', { mine: 'x'.repeat(200_000) }],
  ['a very long key', { ['x'.repeat(300)]: 1 }],
  ['too many keys', Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key${n}`, n]))],
] as const) {
  test(`${what} is refused with its place`, async () => {
    const before = await options();
    const { status, body } = await call('/sdapi/v1/options', change);
    assert.equal(status, 422);
    assert.equal(sdapi.validationErrorSchema.parse(body).detail[0].loc[0], 'body');
    assert.deepEqual(await options(), before);
  });
}

test('half characters are kept as a sign that something was there, in keys too', async () => {
  const change = '{"mine": {"\\ud800": ["\\udc00"]}, "\\ud800": 1}';
  assert.equal((await call('/sdapi/v1/options', change)).status, 200);
  const { body } = await call('/sdapi/v1/options');
  const { mine, '\ufffd': half } = body as Readonly<Record<string, unknown>>;
  assert.deepEqual([mine, half], [{ '\ufffd': ['\ufffd'] }, 1]);
});

test('a key named like a part of JavaScript is a key like others', async () => {
  await call('/sdapi/v1/options', '{"__proto__": {"polluted": true}, "constructor": 1}');
  const { body } = await call('/sdapi/v1/options');
  assert.ok(Object.hasOwn(body as object, 'constructor'));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});
