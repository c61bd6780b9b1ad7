import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { requirePassword } from './authentication.ts';

const app = new Hono().use(requirePassword(new Map([['anna', 'se:cret']]))).get('/', (c) => c.text('in'));

function as(user: string): Promise<Response> | Response {
  return app.request('/', { headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}` } });
}

test('the right password lets in, colons in it included', async () => {
  assert.equal(await (await as('anna:se:cret')).text(), 'in');
});

for (const user of [
  'anna:secret',
  'anna:',
  'anna',
  ':',
  '',
  'ben:',
  'ben:se:cret',
  'constructor:x',
  '__proto__:',
]) {
  test(`${JSON.stringify(user)} stays out, and is asked`, async () => {
    const response = await as(user);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), 'Basic');
    assert.equal(((await response.json()) as { error: string }).error, 'HTTPException');
  });
}

test('without credentials one is asked', async () => {
  const response = await app.request('/');
  assert.equal(response.status, 401);
  assert.equal(((await response.json()) as { detail: string }).detail, 'Not authenticated');
});
