import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { applyEmphasis } from './emphasis.ts';

const z = tensor([1, 3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));

const mean = ({ data }: { data: Float32Array }) => data.reduce((sum, value) => sum + value, 0) / data.length;

test('the original keeps the mean, no norm does not', () => {
  const weights = [[1, 2, 0.5]];
  assert.ok(Math.abs(mean(applyEmphasis('Original', z, weights)) - mean(z)) < 1e-6);
  assert.deepEqual([...applyEmphasis('No norm', z, weights).data], [1, 2, 6, 8, 2.5, 3]);
});

test('weights of 1 change nothing, even where the mean is zero', () => {
  const centred = tensor([1, 1, 2], Float32Array.of(-1, 1));
  assert.equal(applyEmphasis('Original', centred, [[1]]), centred);
});

test('a row that counts twice is a row that stands twice', () => {
  const twice = tensor([2, 1, 1], Float32Array.of(1, 5));
  const thrice = tensor([3, 1, 1], Float32Array.of(1, 5, 5));
  const counted = applyEmphasis('Original', twice, [[2], [1]], [1, 2]).data;
  const repeated = applyEmphasis('Original', thrice, [[2], [1], [1]]).data;
  assert.deepEqual([...counted], [...repeated.subarray(0, 2)]);
});
