/** Upscaler networks against PyTorch on the same weights, tiles and resizing against Pillow (`test-data/upscalers`). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { RgbImage } from '../api.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { nearest } from '../image/nearest.ts';
import { listUpscalers } from './list-upscalers.ts';
import { recogniseNetwork } from './networks/recognise.ts';
import { openUpscaler } from './open-upscaler.ts';
import { enlargeInTiles } from './tiles.ts';
import { upscaleBy, upscaleTo } from './upscale-by.ts';
import type { Upscaler } from './upscaler.ts';

type Facts = {
  readonly image: { readonly width: number; readonly height: number; readonly data: string };
  readonly cases: readonly {
    readonly name: string;
    readonly file: string;
    readonly scale: number;
    /** Base64 of float32, 0 to 255, channels first, neither clamped nor rounded. */
    readonly values: string;
  }[];
  readonly tiles: Hashed & { readonly factor: number; readonly darker: number };
  readonly nearest: Hashed;
};
type Hashed = { readonly width: number; readonly height: number; readonly sha256: string };

const data = join(import.meta.dirname, '../../test-data/upscalers');
const facts = JSON.parse(readFileSync(join(data, 'facts.json'), 'utf8')) as Facts;
const image: RgbImage = { ...facts.image, data: new Uint8Array(Buffer.from(facts.image.data, 'base64')) };

/** A models folder as A1111 has it. */
const folder = mkdtempSync(join(tmpdir(), 'bottega-upscalers-'));
after(() => rmSync(folder, { recursive: true }));
for (const place of ['ESRGAN', 'RealESRGAN', 'Stable-diffusion']) mkdirSync(join(folder, place));
for (const { file } of facts.cases) {
  copyFileSync(join(data, file), join(folder, /^real/i.test(file) ? 'RealESRGAN' : 'ESRGAN', file));
}
const folders = [folder];
const open = (name: string): Promise<Upscaler> => openUpscaler(name, { folders, threads: 1 });
const nameOf = (file: string): string =>
  file === 'RealESRGAN_x4plus.pth' ? 'R-ESRGAN 4x+' : file.replace('.pth', '');

for (const { name, file, scale, values } of facts.cases) {
  test(name, async () => {
    await using upscaler = await open(nameOf(file));
    const large = await upscaler.upscale(image);
    assert.deepEqual([large.width, large.height], [image.width * scale, image.height * scale]);
    const expected = new Float32Array(Uint8Array.from(Buffer.from(values, 'base64')).buffer);
    const area = large.width * large.height;
    const distances = Array.from(large.data, (value, i) => {
      const exact = expected[(i % 3) * area + Math.floor(i / 3)];
      return Math.abs(value - Math.min(255, Math.max(0, exact)));
    });
    const furthest = Math.max(...distances);
    assert.ok(furthest < 0.51, `${furthest} off`);
    assert.ok(new Set(large.data).size > 20, 'the picture shows something');
  });
}

/** Without a pattern that fits the tiles; as in the script that made the facts. */
function noise(width: number, height: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) >> 3) };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('tiles fade into one another as in Pillow', async () => {
  const { width, height, factor, darker, sha256: expected } = facts.tiles;
  const columns = 3;
  const large = await enlargeInTiles(noise(width, height), factor, async (tile, done) => {
    const shade = darker * ((done % columns) + Math.floor(done / columns));
    const enlarged = nearest(tile, tile.width * factor, tile.height * factor);
    return { ...enlarged, data: enlarged.data.map((value) => Math.max(0, value - shade)) };
  });
  assert.deepEqual([large.width, large.height], [width * factor, height * factor]);
  assert.equal(sha256(large.data), expected);
});

test('a picture of any size is covered, whatever is left over', async () => {
  for (const [width, height] of [
    [1, 1],
    [8, 300],
    [192, 193],
    [376, 200],
    [377, 9],
  ]) {
    const small = noise(width, height);
    const same = await enlargeInTiles(small, 1, async (tile) => tile);
    assert.deepEqual(same, small);
  }
});

test('the nearest pixels are those of Pillow', () => {
  const { width, height, sha256: expected } = facts.nearest;
  assert.equal(sha256(nearest(noise(facts.tiles.width, facts.tiles.height), width, height).data), expected);
});

test('all that can be opened is listed, and what cannot be used with its reason', async () => {
  writeFileSync(join(folder, 'ESRGAN/page.pth'), '<html>');
  copyFileSync(join(data, '../models-reference/pickle/good-views.ckpt'), join(folder, 'ESRGAN/other.pt'));
  const listed = new Map((await listUpscalers(folders)).map((one) => [one.name, one]));
  assert.deepEqual([...listed.keys()].slice(0, 4), ['None', 'Lanczos', 'Nearest', 'esrgan-slim-x2']);
  for (const { file, scale } of facts.cases) {
    const found = listed.get(nameOf(file));
    assert.deepEqual([found?.kind, found?.scale, found?.problem], ['file', scale, undefined], file);
  }
  assert.match(listed.get('page')?.problem ?? '', /a web page instead of a model/);
  assert.match(listed.get('other')?.problem ?? '', /no upscaler that is known/);
  await assert.rejects(open('other'), { code: 'checkpoint.unsupported' });
  rmSync(join(folder, 'ESRGAN/page.pth'));
  rmSync(join(folder, 'ESRGAN/other.pt'));
});

test('networks that would make pictures smaller, or enormous, are refused', async () => {
  for (const [taken, doublings, large] of [
    [48, 1, 0.5],
    [3, 5, 32],
  ]) {
    const path = join(folder, 'odd.safetensors');
    writeFileSync(path, rrdbOf(taken, doublings));
    const file = await openWeights(path);
    assert.throws(() => recogniseNetwork(file), {
      code: 'checkpoint.unsupported',
      message: new RegExp(`it makes pictures ${large} times as large`),
    });
  }
});

/** The header of an RRDB network of one channel, one block and zeros. */
function rrdbOf(taken: number, doublings: number): Buffer {
  const shapes: Record<string, number[]> = {
    'conv_first.weight': [1, taken, 3, 3],
    'conv_last.weight': [3, 1, 3, 3],
  };
  for (const dense of [1, 2, 3]) shapes[`body.0.rdb${dense}.conv1.weight`] = [1, 1, 3, 3];
  for (let i = 1; i <= doublings; i++) shapes[`conv_up${i}.weight`] = [1, 1, 3, 3];
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += 4 * shape.reduce((product, extent) => product * extent, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(end)]);
}

test('upscalers that come with the engine enlarge by their own scale', async () => {
  for (const scale of [2, 3, 4, 8]) {
    await using upscaler = await open(`ESRGAN slim x${scale}`);
    const large = await upscaler.upscale(image);
    assert.deepEqual([large.width, large.height], [image.width * scale, image.height * scale]);
  }
});

test('a picture is enlarged until it is large enough, and then brought to multiples of 8', async () => {
  await using upscaler = await open('compact-x2');
  const progress: number[] = [];
  const large = await upscaleBy(upscaler, image, 5, { onProgress: (fraction) => progress.push(fraction) });
  assert.deepEqual([large.width, large.height], [48, 24]);
  assert.equal(progress.length, 4, 'three passes of one tile, and the end');
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
  assert.deepEqual([progress[0], progress.at(-1)], [0, 1]);
});

test('a factor of 1 lets a cleaning model clean once', async () => {
  await using cleaner = await open('esrgan-x1');
  const square = noise(16, 16);
  const clean = await upscaleBy(cleaner, square, 1);
  assert.deepEqual(clean, await cleaner.upscale(square));
});

test('Lanczos and Nearest take any factor, None none', async () => {
  const small = noise(13, 21);
  for (const name of ['Lanczos', 'Nearest', 'None']) {
    const large = await upscaleBy(await open(name), small, 2.5);
    assert.deepEqual([large.width, large.height], [32, 48], name);
  }
  assert.equal(await (await open('None')).upscale(small, { factor: 3 }), small);
});

test('a size that is asked for is met exactly, larger, smaller and in another shape', async () => {
  await using upscaler = await open('compact-x4');
  for (const [width, height] of [
    [33, 17],
    [5, 90],
    [4, 3],
  ]) {
    const sized = await upscaleTo(upscaler, image, { width, height });
    assert.deepEqual([sized.width, sized.height, sized.data.length], [width, height, width * height * 3]);
  }
});

test('a cancelled picture ends before the next tile', async () => {
  await using upscaler = await open('compact-x2');
  const controller = new AbortController();
  let tiles = 0;
  const onProgress = (): void => {
    if (++tiles === 2) controller.abort();
  };
  const running = upscaler.upscale(noise(400, 60), { signal: controller.signal, onProgress });
  await assert.rejects(running, { code: 'generation.cancelled' });
  assert.equal(tiles, 2);
});

test('pictures that no memory could hold are refused before any work', async () => {
  const wide: RgbImage = { width: 9000, height: 1, data: new Uint8Array(27_000) };
  await using upscaler = await open('compact-x2');
  await assert.rejects(upscaleBy(upscaler, wide, 2), {
    code: 'request.invalid',
    message: /^scale: .*18000x/,
  });
  await assert.rejects(upscaleBy(await open('Nearest'), noise(200, 200), 64), { message: /12800x12800/ });
  for (const factor of [Number.NaN, 0, -1, 65]) {
    await assert.rejects(upscaleBy(upscaler, image, factor), { code: 'request.invalid' });
  }
});
