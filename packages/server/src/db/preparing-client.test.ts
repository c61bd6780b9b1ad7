import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Client } from 'pg';
import { PreparingClient } from './preparing-client.ts';

const asked = mock.method(Client.prototype, 'query', (...given: unknown[]) => given);
const ask = (...given: unknown[]): unknown[] =>
  (new PreparingClient().query as (...all: unknown[]) => unknown[])(...given);
const nameIn = ([query]: unknown[]): string | undefined => (query as { readonly name?: string }).name;

test('a statement with values has one name, on every connection, and others have others', () => {
  const first = ask('select $1', [1]);
  assert.deepEqual(first, [{ name: nameIn(first), text: 'select $1', values: [1] }]);
  assert.ok(nameIn(first));
  assert.equal(nameIn(ask('select $1', [2])), nameIn(first));
  assert.notEqual(nameIn(ask('select $1, $2', [1, 2])), nameIn(first));
});

test('whoever waits for the answer by a callback is called', () => {
  const called = mock.fn();
  assert.equal(ask('select $1', [1], called)[1], called);
});

test('what has no values, or is a query of its own, goes through as it is', () => {
  for (const given of [['begin'], ['select 1; select 2', []], [{ text: 'select $1', values: [1] }]]) {
    assert.deepEqual(ask(...given), given);
  }
});

test('statements of endless variety are not all remembered', () => {
  for (let i = 0; i < 300; i++) ask(`select $1, ${i}`, [1]);
  assert.deepEqual(ask('select $1, 300', [1]), ['select $1, 300', [1]]);
  assert.ok(nameIn(ask('select $1', [1])));
  asked.mock.restore();
});
