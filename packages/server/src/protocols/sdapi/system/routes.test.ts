import assert from 'node:assert/strict';
import { hostname, userInfo } from 'node:os';
import { test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { systemRoutes } from './routes.ts';

const services = { version: '1', unloadModels: () => {} };
const defaults = { all: async () => ({ ...sdapi.optionDefaults }) };

test('where its owner allows it, the program is stopped after the answer', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const routes = systemRoutes(services, { stop: resolve }, defaults);
  const answer = await routes.request('/sdapi/v1/server-stop', { method: 'POST' });
  assert.equal(await answer.text(), 'Stopping.');
  await promise;
});

test('kill stops it as well; restarting it is the business of whoever started it', async () => {
  let stops = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => {
    stops++;
    resolve();
  };
  const routes = systemRoutes(services, { stop }, defaults);
  assert.equal((await routes.request('/sdapi/v1/server-restart', { method: 'POST' })).status, 501);
  assert.equal((await routes.request('/sdapi/v1/server-kill', { method: 'POST' })).status, 200);
  await promise;
  assert.equal(stops, 1);
});

test('nobody stops it otherwise', async () => {
  const routes = systemRoutes(services, {}, defaults);
  for (const what of ['stop', 'kill', 'restart']) {
    assert.equal((await routes.request(`/sdapi/v1/server-${what}`, { method: 'POST' })).status, 404);
  }
});

test('the report tells the machine, the program and changed settings, and nothing of whose they are', async () => {
  const settings = {
    ...sdapi.optionDefaults,
    s_churn: 4,
    sd_model_checkpoint: 'Aunt Ada.safetensors [0123456789]',
    sd_vae: 'Aunt Ada.vae.pt',
    outdir_samples: '/home/ada/pictures',
    api_key_of_an_extension: 'sk-secret',
  };
  const setup = { flags: { data_dir: '/home/ada/data' }, credentials: new Map([['ada', 'lace']]) };
  const routes = systemRoutes(services, setup, { all: async () => settings });
  for (const [path, isFile] of [
    ['sysinfo', false],
    ['sysinfo?attachment=true', true],
    ['sysinfo-download', true],
  ] as const) {
    const answer = await routes.request(`/internal/${path}`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    const file = answer.headers.get('content-disposition');
    assert.match(file ?? 'none', isFile ? /^attachment; filename="sysinfo-[\d-]{16}\.json"$/ : /^none$/);
    const text = await answer.text();
    const told = sdapi.sysinfoSchema.strict().parse(JSON.parse(text));
    assert.deepEqual([told.Version, told.Config], ['1', { s_churn: 4 }]);
    assert.doesNotMatch(text, /ada|lace|secret/i);
    for (const secret of [process.cwd(), hostname(), userInfo().homedir])
      assert.ok(!text.includes(secret), secret);
  }
});

test('settings are told by name, and how long starting took', async () => {
  const routes = systemRoutes(services, {}, defaults);
  const hints = sdapi.quicksettingsHintSchema.parse(
    await (await routes.request('/internal/quicksettings-hint')).json(),
  );
  assert.deepEqual(
    hints.map(({ name }) => name),
    Object.keys(sdapi.optionDefaults),
  );
  const { total, records } = sdapi.startupProfileSchema.parse(
    await (await routes.request('/internal/profile-startup')).json(),
  );
  const sum = Object.values(records).reduce((whole, part) => whole + part, 0);
  assert.ok(total > 0 && Math.abs(sum - total) < 1e-6);
});
