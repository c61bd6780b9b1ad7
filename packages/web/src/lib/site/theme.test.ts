import assert from 'node:assert/strict';
import { test } from 'node:test';
import { themeAfter, themeFrom } from './theme.ts';

test('a cookie that says nothing known follows the system', () => {
  assert.equal(themeFrom(undefined), 'auto');
  assert.equal(themeFrom('"><script>'), 'auto');
  assert.equal(themeFrom('dark'), 'dark');
});

test('the switch goes round', () => {
  assert.deepEqual([themeAfter('auto'), themeAfter('light'), themeAfter('dark')], ['light', 'dark', 'auto']);
});
