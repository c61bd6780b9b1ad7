import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOperations } from './expected-operations.ts';

test('an evaluation of the SD 1.5 UNet at 512x512 takes 803 billion operations', async () => {
  const operations = await expectedOperations(undefined, { height: 64, width: 64 });
  assert.ok(Math.abs(operations / 1e9 - 803) < 2, `${operations / 1e9} billion`);
});

test('attention makes a picture of twice the side cost more than four times as much', async () => {
  const small = await expectedOperations(undefined, { height: 64, width: 64 });
  const large = await expectedOperations(undefined, { height: 128, width: 128 });
  assert.ok(large > 4 * small);
});
