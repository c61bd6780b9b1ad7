/** What a picture says of itself draws it again, to the last bit. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { encodePng } from '@bottega/diffusion';
import { writeTinyCheckpoint } from '@bottega/testing';
import sharp from 'sharp';
import { testTerminal } from './test-terminal.ts';

const { folder, models, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);

mkdirSync(join(models, 'VAE'));
writeTinyCheckpoint(join(models, 'VAE/soft.safetensors'), { seed: 9 });
writeTinyCheckpoint(join(models, 'other.safetensors'), { seed: 3 });
writeFileSync(join(folder, 'data/styles.csv'), 'name,prompt,negative_prompt\nInk,{prompt} in ink,colour\n');
mkdirSync(join(folder, 'data/wildcards'));
writeFileSync(join(folder, 'data/wildcards/fruit.txt'), 'a quince\na fig\na date\n');
const grey = (shade: (x: number) => number) => {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => shade(Math.trunc(i / 3) % 64));
  return encodePng({ width: 64, height: 64, data });
};
writeFileSync(
  join(folder, 'sea.png'),
  grey((x) => 40 + 2 * x),
);
writeFileSync(
  join(folder, 'mask.png'),
  grey((x) => (x < 24 ? 0 : Math.min(255, 10 * x))),
);

/** @returns pixels and generation parameters. */
async function draw(name: string, ...words: readonly string[]) {
  assert.equal(
    await call(['imagine', ...words, '-f', '-o', name, '--json']),
    0,
    notes.join('') + printed.at(-1),
  );
  const { pictures } = JSON.parse(printed.at(-1) ?? '') as { pictures: { infotext: string }[] };
  return { pixels: await sharp(join(folder, name)).raw().toBuffer(), infotext: pictures[0].infotext };
}

const quick = ['--model', 'tiny', '--size', '64x64', '--steps', '3', '--seed', '5'];
const second = ['--hires', '1.5', '--hires-strength', '0.6', '--hires-steps', '2'];
const from = ['--from', 'sea.png'];
const masked = [...from, '--mask', 'mask.png'];

for (const [what, options, again] of [
  ['words alone', ['-n', 'blurry', '-g', '5.5', '--clip-skip', '2', '--emphasis', 'No norm'], []],
  ['a sampler and its settings', ['--sampler', 'Euler a', '--schedule', 'Beta', '--set', 'eta=0.4'], []],
  [
    'further settings',
    ['--sampler', 'Euler', '--set', 's_churn=3', '--set', 'sigma_min=0.2', '--schedule', 'Karras'],
    [],
  ],
  ['noise', ['--noise', 'cpu', '--noise-delta', '31337', '--sampler', 'DPM2 a'], []],
  ['a variation', ['--variation', '8', '--variation-strength', '0.3', '--seed-size', '48x64'], []],
  ['tiles and merged tokens', ['--tile', '--token-merging', '0.4'], []],
  ['styles and wildcards', ['--style', 'Ink'], []],
  ['a VAE and a refiner', ['--vae', 'soft.safetensors', '--refiner', 'other', '--refiner-at', '0.4'], []],
  ['a second pass', [...second, '--hires-upscaler', 'Latent (nearest)', '--hires-sampler', 'DDIM'], []],
  [
    'a second pass of its own',
    [
      ...second,
      '--hires-upscaler',
      'Lanczos',
      '--hires-words',
      'a pear',
      '--hires-model',
      'other',
      '--hires-guidance',
      '3',
    ],
    [],
  ],
  ['another picture', [...from, '--strength', '0.6'], from],
  ["the encoder's seed", [...from, '--strength', '0.6', '--encoder-seed', '8'], from],
  ['a mask', [...masked, '--mask-blur', '0', '--mask-content', 'latent noise'], masked],
  ['a masked area', [...masked, '--mask-only', '6', '--mask-invert', '--mask-blur', '2'], masked],
  [
    'soft inpainting',
    [...masked, '--soft', 'schedule-bias=2', '--soft', 'mask-influence=0.3', '--strength', '0.8'],
    masked,
  ],
] as const) {
  test(`a picture says enough to be drawn again: ${what}`, async () => {
    const first = await draw('first.png', 'a (red:1.2) __fruit__', ...quick, ...options);
    const same = await draw('same.png', '--like', 'first.png', ...again);
    assert.equal(
      same.infotext.replace(/, Wildcard prompt: [^,]*/, ''),
      first.infotext.replace(/, Wildcard prompt: [^,]*/, ''),
    );
    assert.ok(same.pixels.equals(first.pixels));
    assert.ok(notes.every((note) => !note.includes('--from')));
  });
}

test('other options and words count before what the picture says', async () => {
  await draw('first.png', 'a fig', ...quick, '--hires', '1.5', '--set', 'eta=0.4', '--sampler', 'Euler a');
  const { infotext } = await draw(
    'other.png',
    'a pear',
    '--like',
    'first.png',
    '--seed',
    '6',
    '--model',
    'other',
  );
  assert.match(infotext, /^a pear\nSteps: 3, Sampler: Euler a, .*Seed: 6, .*Model: other, .*Eta: 0\.4/);
  assert.match(infotext, /Hires upscale: 1\.5/);
});

test('what cannot be drawn again is told', async () => {
  const refused = async (name: string): Promise<string> => {
    clear();
    assert.equal(await call(['imagine', '--like', name, '-o', 'never.png']), 2);
    return notes.join('');
  };
  assert.match(await refused('nothing.png'), /nothing\.png cannot be read/);
  assert.match(await refused('mask.png'), /no recipe|no generation parameters/i);
  const text = 'a fig\nSteps: 2, Sampler: Euler, Seed: 1, Size: 64x64, Model hash: 0123456789, Model: gone';
  const picture = { width: 8, height: 8, data: new Uint8Array(192) };
  writeFileSync(join(folder, 'gone.png'), encodePng(picture, text));
  assert.match(await refused('gone.png'), /no model "gone \[0123456789\]".*--model/);
  writeFileSync(join(folder, 'from.png'), encodePng(picture, `${text}, Denoising strength: 0.5`));
  await draw('new.png', '--like', 'from.png', '--model', 'tiny');
  assert.match(notes.join(''), /from\.png was drawn from another picture: name it with --from/);
});
