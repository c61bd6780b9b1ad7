import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitAtAnd } from './alternatives.ts';

test('AND is a word of its own in any script', () => {
  assert.equal(splitAtAnd('éAND b').length, 1);
  assert.equal(splitAtAnd('日AND b').length, 1);
  assert.equal(splitAtAnd('a,AND;b').length, 2);
});

test('only a number at the very end is a weight', () => {
  assert.deepEqual(splitAtAnd('a:b: １.5 \n'), [{ prompt: 'a:b', weight: 1.5 }]);
  assert.deepEqual(splitAtAnd('a:2 b '), [{ prompt: 'a:2 b', weight: 1 }]);
});

test('long runs of white space are no burden', () => {
  const spaces = ' '.repeat(100_000);
  assert.deepEqual(splitAtAnd(`a${spaces}:${spaces}1${spaces}`), [{ prompt: 'a', weight: 1 }]);
});
