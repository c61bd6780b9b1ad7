import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRoutes } from './routes.ts';

const services = { version: '1', unloadModels: () => {} };

test('where its owner allows it, the program is stopped after the answer', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const routes = systemRoutes(services, { stop: resolve });
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
  const routes = systemRoutes(services, { stop });
  assert.equal((await routes.request('/sdapi/v1/server-restart', { method: 'POST' })).status, 501);
  assert.equal((await routes.request('/sdapi/v1/server-kill', { method: 'POST' })).status, 200);
  await promise;
  assert.equal(stops, 1);
});

test('nobody stops it otherwise', async () => {
  const routes = systemRoutes(services, {});
  for (const what of ['stop', 'kill', 'restart']) {
    assert.equal((await routes.request(`/sdapi/v1/server-${what}`, { method: 'POST' })).status, 404);
  }
});
