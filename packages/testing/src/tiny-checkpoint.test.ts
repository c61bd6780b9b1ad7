import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readTensors } from './reference-models.ts';
import { writeRandomCheckpoint, writeTinyCheckpoint } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-tiny-'));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

test('equal options give equal bytes, another seed gives others', () => {
  const [first, second, other] = [{ seed: 1 }, { seed: 1 }, { seed: 2 }].map((options, i) =>
    readFileSync(writeTinyCheckpoint(path(`${i}`), options)),
  );
  assert.ok(first.equals(second));
  assert.equal(first.length, other.length);
  assert.ok(!first.equals(other));
});

test('the formats hold the same numbers as far as they can', () => {
  const layout = new Map([
    ['a.weight', [40, 50]],
    ['a.bias', [40]],
    ['norm.weight', [7]],
  ]);
  writeRandomCheckpoint(path('f32'), layout, 'F32');
  writeRandomCheckpoint(path('f16'), layout, 'F16');
  const [exact, half] = [readTensors(path('f32')), readTensors(path('f16'))];
  for (const [name, { shape, data }] of exact) {
    assert.deepEqual(shape, layout.get(name));
    const rounded = half.get(name)?.data ?? [];
    assert.equal(rounded.length, data.length);
    for (const [i, value] of data.entries()) {
      assert.ok(
        Math.abs(rounded[i] - value) <= Math.abs(value) * 2 ** -11 + 2 ** -14,
        `${rounded[i]}, ${value}`,
      );
    }
  }
});

test('weights spread as layers need it to keep activations near one', () => {
  writeRandomCheckpoint(path('spread'), new Map([['wide.weight', [64, 400]]]), 'F32');
  const data = readTensors(path('spread')).get('wide.weight')?.data ?? new Float32Array();
  const variance = data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
  assert.ok(Math.abs(Math.sqrt(variance * 400) - 0.8) < 0.02);
});
