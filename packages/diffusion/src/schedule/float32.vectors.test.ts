import { readVectors } from '@bottega/testing';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exp32, log32, tan32 } from './float32.ts';
import { linspace } from './linspace.ts';

/** Half the distance of neighbouring float32 numbers, relative. */
const halfBit = 2 ** -24;

test('exp and log are within a bit of the true value', () => {
  fc.assert(
    fc.property(fc.float({ min: -80, max: 80, noNaN: true }), (x) => {
      assert.ok(Math.abs(exp32(x) / Math.exp(x) - 1) <= 2.1 * halfBit, String(x));
    }),
  );
  fc.assert(
    fc.property(fc.float({ min: Math.fround(1e-30), max: Math.fround(1e30), noNaN: true }), (x) => {
      const off = Math.abs(log32(x) - Math.log(x));
      assert.ok(off <= 2.1 * halfBit * Math.abs(Math.log(x)), String(x));
    }),
  );
});

test('so is tan', () => {
  fc.assert(
    fc.property(fc.float({ min: -100, max: 100, noNaN: true }), (x) => {
      assert.ok(Math.abs(tan32(x) - Math.tan(x)) <= 2.1 * halfBit * Math.abs(Math.tan(x)), String(x));
    }),
  );
});

test('tan keeps its accuracy where it is nearly 0 or nearly infinite', () => {
  for (let quarter = 1; quarter <= 63; quarter++) {
    const x = Math.fround((quarter * Math.PI) / 2);
    assert.ok(Math.abs(tan32(x) / Math.tan(x) - 1) <= 2.1 * halfBit, String(x));
  }
});

test('beyond float32 they are 0 and infinite', () => {
  assert.deepEqual(
    [exp32(-Infinity), exp32(200), log32(0), log32(Infinity)],
    [0, Infinity, -Infinity, Infinity],
  );
});

test('log has every bit of PyTorch’s', () => {
  const { model } = readVectors<{ model: { sigmas: number[]; log_sigmas: number[] } }>('schedules');
  assert.deepEqual(Float32Array.from(model.sigmas).map(log32), Float32Array.from(model.log_sigmas));
});

test('linspace reaches both ends and never turns back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), (count) => {
      const values = linspace(999, 0, count);
      assert.equal(values.length, count);
      assert.equal(values[0], 999);
      assert.ok(Math.abs(values[count - 1]) < 1e-3);
      assert.ok(values.every((value, i) => i === 0 || value < values[i - 1]));
    }),
  );
  assert.deepEqual(linspace(5, 0, 1), Float32Array.of(5));
});
