import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extendWalk, neighbours, startWalk, walkFromText, walkToText } from './walk.ts';

const page = (ids: string, next?: string) => ({ pictures: [...ids].map((id) => ({ id })), next });
const walk = startWalk('apple', page('cba', 'a'));
const none: ReadonlySet<string> = new Set();

test('the pictures beside one, over deleted ones', () => {
  assert.deepEqual(neighbours(walk, 'b', none), { newer: 'c', older: 'a' });
  assert.deepEqual(neighbours(walk, 'c', none), { newer: undefined, older: 'b' });
  assert.deepEqual(neighbours(walk, 'c', new Set('b')), { newer: undefined, older: 'a' });
  assert.deepEqual(neighbours(walk, 'z', none), {});
});

test('the next page goes on without repeating', () => {
  const longer = extendWalk(walk, page('aXY'));
  assert.deepEqual([longer.ids.join(''), longer.next, longer.search], ['cbaXY', undefined, 'apple']);
});

test('it survives a reload, and anything else is no walk', () => {
  assert.deepEqual(walkFromText(walkToText(walk)), walk);
  for (const text of [null, '', '{', '[]', '{"search":1}', 'null'])
    assert.equal(walkFromText(text), undefined);
});
