import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElementType } from '@bottega/graph';
import { toFloat32 } from './to-float32.ts';

const cases: readonly (readonly [type: ElementType, bytes: ArrayBufferView, values: readonly number[]])[] = [
  ['f16', Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00), [1, -2, 2 ** -24, 65504, Infinity]],
  ['bf16', Uint16Array.of(0x3f80, 0xc000, 0x7f80), [1, -2, Infinity]],
  ['f8e4m3', Uint8Array.of(0x38, 0xb8, 0x7e, 0x01, 0x7f), [1, -1, 448, 2 ** -9, NaN]],
  ['f8e5m2', Uint8Array.of(0x3c, 0xbc, 0x7b, 0x01, 0x7c), [1, -1, 57344, 2 ** -16, Infinity]],
  ['f64', Float64Array.of(0.1), [Math.fround(0.1)]],
  ['i64', BigInt64Array.of(-3n, 7n), [-3, 7]],
  ['bool', Uint8Array.of(0, 1), [0, 1]],
];

for (const [type, view, values] of cases) {
  test(`${type} becomes float32, from any offset`, () => {
    const bytes = new Uint8Array(view.byteLength + 1);
    bytes.set(new Uint8Array(view.buffer), 1);
    assert.deepEqual([...toFloat32(bytes.subarray(1), type)], values);
  });
}
