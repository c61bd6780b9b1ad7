/** `bottega upscale` and `bottega models merge`. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { encodePng, readPngText } from '@bottega/diffusion';
import { writeTinyCheckpoint } from '@bottega/testing';
import sharp from 'sharp';
import { testTerminal } from './test-terminal.ts';

const { folder, models, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);
mkdirSync(join(models, 'ESRGAN'));
const upscalers = join(import.meta.dirname, '../../diffusion/test-data/upscalers');
copyFileSync(join(upscalers, 'compact-x2.pth'), join(models, 'ESRGAN/small.pth'));
writeTinyCheckpoint(join(models, 'one.safetensors'));
writeTinyCheckpoint(join(models, 'two.safetensors'), { seed: 2 });
writeTinyCheckpoint(join(models, 'three.safetensors'), { seed: 3 });
const infotext = 'an apple\nSteps: 20, Sampler: Euler, CFG scale: 7.0, Seed: 5, Size: 24x16';
const pixels = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => i);
writeFileSync(join(folder, 'in.png'), encodePng({ width: 24, height: 16, data: pixels }, infotext));

test('a picture becomes larger and keeps its recipe', async () => {
  const exit = await call([
    'upscale',
    'in.png',
    '-o',
    'out.png',
    '--scale',
    '3',
    '--upscaler',
    'small',
    '--json',
  ]);
  assert.equal(exit, 0, notes.join(''));
  const file = join(folder, 'out.png');
  assert.deepEqual(JSON.parse(printed[0]), { pictures: [{ file, width: 72, height: 48 }] });
  const { texts } = readPngText(readFileSync(file));
  assert.equal(texts.get('parameters'), infotext);
  assert.equal(texts.get('postprocessing'), 'Postprocess upscale by: 3.0, Postprocess upscaler: small');
  assert.equal(await call(['upscale', 'in.png', '-o', 'out.png']), 2, 'the file exists');
});

test('several pictures cover a size, mixed from two upscalers', async () => {
  const size = ['--size', '40x40', '--second', 'Nearest', '--share', '0.3'];
  assert.equal(await call(['upscale', 'in.png', 'in.png', '-o', 'both.png', '-u', 'Lanczos', ...size]), 0);
  for (const name of ['both-1.png', 'both-2.png']) {
    const { width, height } = await sharp(join(folder, name)).metadata();
    assert.deepEqual([width, height], [40, 40]);
  }
});

test('upscalers are listed', async () => {
  assert.equal(await call(['upscale', '--list']), 0);
  assert.match(printed.join('\n'), /^Lanczos +any$/m);
  assert.match(printed.join('\n'), /^small +x2 +.*small\.pth$/m);
});

for (const [words, message] of [
  [[], /which picture/],
  [['in.png', '--upscaler', 'nobody'], /there is no "nobody"; choose .*small/],
  [['in.png', '--scale', '2', '--size', '8x8'], /not both/],
  [['in.png', '--scale', '1000'], /scale: must be/],
  [['in.png', '--share', '1'], /--second/],
  [['nowhere.png'], /nowhere\.png cannot be read/],
  [['data/models/one.safetensors'], /not a picture/],
] as const) {
  test(`wrong use: upscale ${words.join(' ')}`, async () => {
    assert.equal(await call(['upscale', ...words, '-o', 'never.png']), 2, notes.join(''));
    assert.match(notes.join(''), message);
    assert.equal(existsSync(join(folder, 'never.png')), false);
  });
}

test('models are merged into a new one', async () => {
  assert.equal(await call(['models', 'merge', 'one', 'two', '--ratio', '0.5', '--json']), 0, notes.join(''));
  const { name, path } = JSON.parse(printed[0]) as { name: string; path: string };
  assert.deepEqual([name, path], ['0.5(one) + 0.5(two)', join(models, '0.5(one) + 0.5(two).safetensors')]);
  assert.equal(await call(['models', 'merge', 'one', 'two', 'three', '--ratio', '1', '-o', 'sum']), 0);
  assert.match(printed[1], /^sum is installed: .*sum\.safetensors, \d/);
  assert.equal(await call(['models', 'inspect', 'sum', '--no-hash']), 0);
  assert.match(printed.join('\n'), /Stable Diffusion 1/);
});

test('a merge that cannot be is explained, and leaves nothing behind', async () => {
  const before = readdirSync(models);
  assert.equal(await call(['models', 'merge', 'one', 'nobody']), 2);
  assert.equal(await call(['models', 'merge', 'one', 'two', '--method', 'magic']), 2);
  assert.equal(await call(['models', 'merge', 'one', 'two', 'three', 'one']), 2);
  assert.equal(await call(['models', 'merge', 'one', 'two', '-o', '../up']), 2);
  assert.equal(await call(['models', 'merge', 'one', 'two', '-o', 'two']), 1);
  assert.match(notes.join(''), /two\.safetensors exists already/);
  assert.deepEqual(readdirSync(models), before);
});
