import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyStyles } from './styles.ts';

test('styles wrap or are appended, in order', () => {
  assert.equal(
    applyStyles('a cat', ['masterpiece, {prompt}, 8k', 'by night']),
    'masterpiece, a cat, 8k, by night',
  );
  assert.equal(applyStyles('', ['by night']), 'by night');
  assert.equal(applyStyles(' a ', ['']), 'a');
  assert.equal(applyStyles(' a ', []), ' a ');
});

test('dollars in a prompt are dollars', () => {
  assert.equal(applyStyles("$& $1 $'", ['<{prompt}|{prompt}>']), "<$& $1 $'|$& $1 $'>");
});
