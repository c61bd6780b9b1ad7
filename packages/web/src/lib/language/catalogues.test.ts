/** The type check finds a message that is missing; this finds what types cannot: empty ones, and placeholders left out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messages as en } from '../messages/en.ts';
import { messages as it } from '../messages/it.ts';

type Entry = readonly [path: string, message: string | ((...values: unknown[]) => string)];

function entries(value: object, path = ''): Entry[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null
      ? entries(inner, `${path}.${key}`)
      : [[`${path}.${key}`, inner] as Entry],
  );
}

const english = new Map(entries(en));

for (const [path, message] of entries(it)) {
  test(`it${path}`, () => {
    const original = english.get(path);
    assert.notEqual(original, undefined, 'English does not have it');
    if (typeof message === 'string') {
      assert.notEqual(message.trim(), '');
      return;
    }
    assert.ok(typeof original === 'function');
    for (const count of [1, 2]) {
      const values = [count, '«shown»', '«more»'].slice(message.length === 1 ? 1 : 0);
      for (const shown of ['«shown»', '«more»']) {
        assert.equal(
          message(...values).includes(shown),
          original(...values).includes(shown),
          `${shown} for ${count}`,
        );
      }
    }
  });
}

test('both have the same messages', () => {
  assert.deepEqual(
    entries(it).map(([path]) => path),
    [...english.keys()],
  );
});
