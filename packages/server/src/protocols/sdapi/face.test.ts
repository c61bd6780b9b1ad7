import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import { StableDiffusionApi } from 'stable-diffusion-api';
import { sdapiFace } from './face.ts';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

for (const [name, route] of Object.entries(sdapi.sdapiRoutes)) {
  if (route.method !== 'get' || !('response' in route)) continue;
  test(`${name} answers as its contract says`, async () => {
    const { status, body, headers } = await call(route.path);
    assert.equal(status, 200);
    assert.match(headers.get('x-process-time') ?? '', /^\d+\.\d{1,4}$/);
    assert.deepEqual(route.response?.parse(body), body);
  });
}

/** Those that need a body, or end the program, have tests of their own. */
for (const [name, route] of Object.entries(sdapi.sdapiRoutes)) {
  if (route.method !== 'post' || 'body' in route || route.path.includes('server-')) continue;
  test(`${name} answers as its contract says`, async () => {
    const { status, body } = await call(route.path, {});
    assert.equal(status, route.status);
    assert.deepEqual(route.response?.parse(body), body);
  });
}

test('every address that is answered is in the contract, and the other way round', () => {
  const face = sdapiFace(server.services, { stop: () => {} });
  const answered = face.routes.filter(({ method }) => method !== 'ALL');
  const told = Object.values(sdapi.sdapiRoutes).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(new Set(answered.map(({ method, path }) => `${method} ${path}`)), new Set(told));
});

test('samplers and schedules are those of A1111, in its order', async () => {
  const samplers = sdapi.samplerListSchema.parse((await call('/sdapi/v1/samplers')).body);
  assert.deepEqual(samplers[0], {
    name: 'DPM++ 2M',
    aliases: ['k_dpmpp_2m'],
    options: { scheduler: 'karras' },
  });
  assert.equal(samplers.length, 20);
  assert.deepEqual(samplers.find(({ name }) => name === 'DPM2 a')?.options, {
    scheduler: 'karras',
    discard_next_to_last_sigma: 'True',
    uses_ensd: 'True',
    second_order: 'True',
  });
  const schedulers = sdapi.schedulerListSchema.parse((await call('/sdapi/v1/schedulers')).body);
  assert.deepEqual(schedulers.slice(0, 3), [
    { name: 'automatic', label: 'Automatic', aliases: null, default_rho: -1, need_inner_model: false },
    { name: 'uniform', label: 'Uniform', aliases: null, default_rho: -1, need_inner_model: true },
    { name: 'karras', label: 'Karras', aliases: null, default_rho: 7, need_inner_model: false },
  ]);
});

test('models have title and hash once they are read', async () => {
  await server.services.models.hashed();
  const models = sdapi.sdModelListSchema.parse((await call('/sdapi/v1/sd-models')).body);
  const tiny = models.find(({ model_name: name }) => name === 'tiny');
  assert.equal(tiny?.title, `tiny.safetensors [${tiny?.hash}]`);
  assert.equal(tiny?.hash, tiny?.sha256?.slice(0, 10));
});

for (const what of ['checkpoints', 'vae', 'embeddings', 'loras']) {
  test(`refresh-${what} answers null`, async () => {
    const { status, body } = await call(`/sdapi/v1/refresh-${what}`, {});
    assert.deepEqual([status, body], [200, null]);
  });
}

for (const what of ['unload-checkpoint', 'reload-checkpoint']) {
  test(`${what} answers {}`, async () => {
    assert.deepEqual((await call(`/sdapi/v1/${what}`, {})).body, {});
  });
}

test('training says in words that it is not there', async () => {
  for (const path of ['create/embedding', 'create/hypernetwork', 'train/embedding', 'train/hypernetwork']) {
    const { status, body } = await call(`/sdapi/v1/${path}`, {});
    assert.equal(status, 200);
    assert.match((body as { info: string }).info, /error: training is not installed$/);
  }
});

test('what does not exist is not found, stopping the server included', async () => {
  for (const path of [
    '/sdapi/v1/nothing',
    '/internal/nothing',
    '/sdapi/v1/server-kill',
    '/sdapi/v1/server-stop',
  ]) {
    const { status, body } = await call(path, {});
    assert.deepEqual([status, body], [404, { detail: 'Not Found' }]);
  }
});

test('a wrong method is told the right one, and a slash too many where to go', async () => {
  for (const [path, method, allow] of [
    ['/sdapi/v1/txt2img', 'GET', 'POST'],
    ['/sdapi/v1/options', 'PUT', 'GET, POST'],
    ['/controlnet/version', 'POST', 'GET'],
    ['/internal/ping', 'DELETE', 'GET'],
  ] as const) {
    const { status, body, headers } = await call(path, undefined, { method });
    assert.deepEqual([status, body, headers.get('allow')], [405, { detail: 'Method Not Allowed' }, allow]);
  }
  const { status, headers } = await call('/sdapi/v1/progress/?skip_current_image=true', undefined, {
    redirect: 'manual',
  });
  const address = '/sdapi/v1/progress?skip_current_image=true';
  assert.deepEqual([status, headers.get('location')], [307, address]);
  // With its body, as clients follow it.
  assert.equal((await call('/sdapi/v1/refresh-vae/', {})).status, 200);
  assert.equal((await call('/sdapi/v1/nothing/', {})).status, 404);
});

test('a page of another origin may not use it', async () => {
  const { status } = await call('/sdapi/v1/options', {}, { headers: { origin: 'https://example.org' } });
  assert.equal(status, 403);
});

test('with passwords set, all of it asks for one, and clients that have it are let in', async () => {
  await using guarded = await startTestServer({ env: { BOTTEGA_API_AUTH: 'anna:se:cret,ben:x' } });
  for (const path of ['/sdapi/v1/options', '/sdapi/v1/nothing', '/internal/ping']) {
    assert.equal((await callApi(guarded.url)(path)).status, 401, path);
  }
  const client = new StableDiffusionApi({ baseUrl: guarded.url }).setAuth('anna', 'se:cret');
  assert.ok((await client.getSdModels()).some(({ model_name: name }) => name === 'tiny'));
  await assert.rejects(client.setAuth('anna', 'wrong').getSdModels(), /401/);
});

test('of several users each interrupts the own jobs, and an administrator everybody else', async () => {
  const env = { BOTTEGA_API_AUTH: 'anna:a,ben:b,cleo:c', BOTTEGA_API_ADMINS: 'anna' };
  await using guarded = await startTestServer({ env });
  const as = (user: string) => (path: string, body: object) =>
    callApi(guarded.url)(path, body, {
      headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
    });
  let drawn: string | undefined;
  const drawing = as('ben:b')('/sdapi/v1/txt2img', { prompt: 'slow', steps: 150, width: 64, height: 64 });
  while (drawn === undefined) {
    const [generation] = (await guarded.client.getQueue()).running;
    drawn = generation?.id;
  }
  assert.equal((await as('cleo:c')('/sdapi/v1/interrupt', {})).status, 200);
  assert.equal((await guarded.client.getGeneration(drawn)).state, 'running');
  assert.equal((await as('anna:a')('/sdapi/v1/interrupt', {})).status, 200);
  assert.deepEqual(((await drawing).body as { images: unknown[] }).images, []);
});
