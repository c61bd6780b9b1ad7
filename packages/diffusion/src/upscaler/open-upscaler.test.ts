/** The upscaler's graph against plain loops over the same weights. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { RgbImage } from '../api.ts';
import { openUpscaler } from './open-upscaler.ts';
import { openTfjsWeights } from './tfjs-weights.ts';

const folder = dirname(findPackageJSON('@upscalerjs/esrgan-slim', import.meta.url) ?? '');
const weights = await openTfjsWeights(join(folder, 'models/x4/model.json'));
const bytes = readFileSync(weights.path);

/** `[height][width][channels]` */
type Grid = readonly (readonly (readonly number[])[])[];

function valuesOf(name: string): Float32Array {
  const { offset = 0, length = 0 } = weights.tensors.get(name) ?? {};
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length));
}

function layer(name: string, x: Grid): Grid {
  const [size, , from, to] = weights.tensors.get(`${name}/kernel`)?.shape ?? [];
  const [kernel, bias] = [valuesOf(`${name}/kernel`), valuesOf(`${name}/bias`)];
  const half = (size - 1) / 2;
  return x.map((row, y) =>
    row.map((_, column) => {
      const out = [...bias];
      for (let i = 0; i < size * size * from; i++) {
        const [dy, dx] = [Math.floor(i / from / size) - half, (Math.floor(i / from) % size) - half];
        const value = x[y + dy]?.[column + dx]?.[i % from] ?? 0;
        for (let channel = 0; channel < to; channel++) out[channel] += value * kernel[i * to + channel];
      }
      return out;
    }),
  );
}

const zip = (a: Grid, b: Grid, merge: (a: readonly number[], b: readonly number[]) => number[]): Grid =>
  a.map((row, y) => row.map((pixel, x) => merge(pixel, b[y][x])));
const join2 = (a: Grid, b: Grid): Grid => zip(a, b, (p, q) => [...p, ...q]);
const sum = (a: Grid, b: Grid): Grid => zip(a, b, (p, q) => p.map((value, i) => value + q[i]));
const relu = (x: Grid): Grid => x.map((row) => row.map((pixel) => pixel.map((value) => Math.max(0, value))));

function four<T>(items: readonly T[]): T[] {
  return items.flatMap((item) => [item, item, item, item]);
}

function network(pixels: Grid): Grid {
  const shallow = layer('F_m1', pixels);
  const start = layer('F_0', shallow);
  const first = sum(layer('LFF_1', join2(start, relu(layer('F_1_1', start)))), start);
  const second = sum(layer('LFF_2', join2(first, relu(layer('F_2_1', first)))), first);
  const deep = sum(layer('GFF_2', layer('GFF_1', join2(first, second))), shallow);
  const small = layer('UPN3', relu(layer('UPN2', relu(layer('UPN1', deep)))));
  return layer('SR', four(small.map((row) => four(row))));
}

test('draws what its layers compute, four times as large, edges continued', async () => {
  const [width, height] = [5, 3];
  const data = new Uint8Array(width * height * 3).map((_, i) => (i * 73) % 256);
  const image: RgbImage = { width, height, data };
  await using upscaler = await openUpscaler('esrgan-slim-x4', { threads: 1 });
  const enlarged = await upscaler.upscale(image);
  const margin = 8;
  const nearest = (at: number, count: number): number => Math.min(count - 1, Math.max(0, at - margin));
  const grid = Array.from({ length: height + 2 * margin }, (_, y) =>
    Array.from({ length: width + 2 * margin }, (_, x) =>
      [0, 1, 2].map((channel) => data[(nearest(y, height) * width + nearest(x, width)) * 3 + channel] / 255),
    ),
  );
  const expected = network(grid)
    .slice(4 * margin, -4 * margin)
    .flatMap((row) => row.slice(4 * margin, -4 * margin))
    .flat()
    .map((value) => Math.min(255, Math.max(0, value * 255)));
  assert.deepEqual([enlarged.width, enlarged.height], [20, 12]);
  const furthest = Math.max(...expected.map((value, i) => Math.abs(value - enlarged.data[i])));
  assert.ok(furthest < 0.51, `${furthest} off`);
});

test('an unknown upscaler is refused by name', async () => {
  await assert.rejects(openUpscaler('lanczoz'), { code: 'request.invalid', message: /"lanczoz"/ });
});
