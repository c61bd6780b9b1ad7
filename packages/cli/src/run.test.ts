/** The command line as a whole: help, wrong use, files that are kept, and what is said of models. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import { commands } from './commands.ts';
import { testTerminal } from './test-terminal.ts';

const { folder, models, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);

writeFileSync(join(folder, 'nothing.txt'), '');
const quick = ['--model', 'tiny', '--size', '64x64', '--steps', '2'];

test('no command is wrong use, and the help lists them all', async () => {
  assert.equal(await call([]), 2);
  for (const name of Object.keys(commands)) assert.match(printed.join('\n'), new RegExp(`^  ${name} `, 'm'));
  assert.equal(await call(['--help']), 0);
});

test('every command explains each of its options and gives examples', async () => {
  for (const [name, { options, examples }] of Object.entries(commands)) {
    printed.length = 0;
    assert.equal(await call([name, '--help']), 0);
    for (const option of Object.keys(options))
      assert.ok(printed[0].includes(`--${option}`), `${name} --${option}`);
    assert.ok(examples.length > 0);
  }
});

test('models list says what there is of each kind', async () => {
  mkdirSync(join(models, 'VAE'), { recursive: true });
  mkdirSync(join(models, 'ControlNet'), { recursive: true });
  writeTinyCheckpoint(join(models, 'VAE/clear.safetensors'));
  writeTinyControlNet(join(models, 'ControlNet/lines.safetensors'));
  for (const [kind, expected] of [
    ['models', /^tiny +\d.* MiB +.*tiny\.safetensors$/m],
    ['vaes', /^clear\.safetensors +\d.* MiB +.*VAE.clear\.safetensors$/m],
    ['control-nets', /^lines +\d.* +.*ControlNet.lines\.safetensors$/m],
  ] as const) {
    printed.length = 0;
    assert.equal(await call(['models', 'list', kind]), 0, notes.join(''));
    assert.match(printed.join('\n'), expected);
    printed.length = 0;
    assert.equal(await call(['models', 'list', kind, '--json']), 0, notes.join(''));
    assert.ok(Array.isArray((JSON.parse(printed[0]) as { models: unknown }).models));
  }
  assert.equal(await call(['models', 'list', 'hats']), 2);
  assert.match(notes.join(''), /models, vaes, control-nets, loras, embeddings or hypernetworks/);
});

for (const [name, words, said] of [
  ['an unknown command', ['paint'], /no command "paint"/],
  ['an unknown option', ['imagine', 'x', '--wings'], /wings/],
  ['no words', ['imagine'], /what to draw/],
  ['a size that is none', ['imagine', 'x', '--size', 'big'], /--size/],
  ['steps that are no number', ['imagine', 'x', '--steps', 'twenty'], /--steps/],
  ['no steps', ['imagine', 'x', '--model', 'tiny', '--steps', '0'], /--steps: /],
  [
    'guidance beyond all bounds',
    ['plot', 'x', ...quick, '--x', 'Seed=1', '--guidance', '199'],
    /--guidance: /,
  ],
  ['guidance below zero', ['imagine', 'x', ...quick, '-g', '-3'], /--guidance: /],
  ['a seed below -1', ['imagine', 'x', ...quick, '--seed', '-2'], /--seed: /],
  ['a setting out of bounds', ['imagine', 'x', ...quick, '--set', 'eta=-9'], /eta: must be at least 0\./],
  ['a setting without a value', ['imagine', 'x', ...quick, '--set', 'eta'], /--set takes NAME=VALUE/],
  ['two sizes of a second pass', ['imagine', 'x', '--hires', '2', '--hires-size', '64x64'], /not both/],
  [
    'a second pass by nobody',
    ['imagine', 'x', ...quick, '--hires', '2', '--hires-model', 'nix'],
    /no model "nix"/,
  ],
  ['an unknown sampler', ['imagine', 'x', ...quick, '--sampler', 'Eulr'], /Eulr/],
  ['a plot of nothing', ['plot', 'x'], /what to compare/],
  ['an axis without values', ['plot', 'x', '--x', 'Steps'], /--x takes AXIS=VALUES/],
  ['an axis that is none', ['plot', 'x', ...quick, '--x', 'Colour=red'], /no axis "Colour".*Steps/],
  ['a value that is none', ['plot', 'x', ...quick, '--x', 'Steps=two'], /"two" is not a whole number/],
  ['a loopback from nothing', ['loopback', 'x'], /--from FILE/],
  [
    'a curve that is none',
    ['loopback', 'x', '--from', 'a.png', '--curve', 'flat'],
    /Aggressive, Linear, Lazy/,
  ],
  ['a file without a prompt', ['prompts', 'nothing.txt', ...quick], /: The file has no line with a prompt\./],
  ['too many parts', ['matrix', 'a|b|c|d|e|f|g|h|i|j|k|l', ...quick], /: This makes 2048 drawings/],
  ['a file of prompts that is not there', ['prompts', 'no.txt'], /no file .*no\.txt/],
  ['a second pass without a size', ['imagine', 'x', '--hires-steps', '2'], /--hires/],
  ['a mask without a picture', ['imagine', 'x', '--mask', 'm.png'], /--from FILE/],
  ['a picture that is not there', ['imagine', 'x', '--from', 'no.png'], /no\.png cannot be read/],
  ['a picture that is none', ['imagine', 'x', '--from', 'data/models/tiny.safetensors'], /no PNG, JPEG/],
  ['an unknown model', ['imagine', 'x', '--model', 'no-such-model'], /no model .*Installed: .*tiny/],
  ['a name that is no PNG', ['imagine', 'x', '-o', 'x.gif'], /\.png/],
  ['an unknown verb', ['models', 'burn'], /list, add FILE, inspect FILE or merge/],
] as const) {
  test(`${name} is wrong use, explained without a stack trace`, async () => {
    assert.equal(await call(words), 2);
    assert.match(notes.join(''), said);
    assert.doesNotMatch(notes.join(''), /\n\s+at /);
    assert.equal(existsSync(join(folder, 'picture.png')), false);
  });
}

test('files that exist are kept unless --force', async () => {
  writeFileSync(join(folder, 'mine.png'), 'mine');
  assert.equal(await call(['imagine', 'x', ...quick, '-o', 'mine.png']), 2);
  assert.equal(await call(['imagine', 'x', ...quick, '-o', 'mine.png', '--force']), 0, notes.join(''));
});

test('an interrupted drawing exits with 130 and leaves nothing behind', async () => {
  const interrupt = new AbortController();
  interrupt.abort();
  assert.equal(await call(['imagine', 'x', ...quick, '-o', 'never.png'], interrupt.signal), 130);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('never') || name.endsWith('.partial')),
    [],
  );
});

test('a folder that cannot be made is an error of its own, in JSON where asked', async () => {
  writeFileSync(join(folder, 'file'), '');
  assert.equal(await call(['imagine', 'x', ...quick, '-o', 'file/below/x.png', '--json']), 1);
  assert.equal((JSON.parse(printed[0]) as { error: { code: string } }).error.code, 'storage.unwritable');
});

test('add refuses what is no checkpoint, and installs what is', async () => {
  writeFileSync(join(folder, 'fake.safetensors'), 'this is not a model');
  assert.equal(await call(['models', 'add', 'fake.safetensors']), 1);
  assert.equal(existsSync(join(models, 'fake.safetensors')), false);
  writeTinyCheckpoint(join(folder, 'other.safetensors'), { seed: 2 });
  assert.equal(await call(['models', 'add', 'other.safetensors']), 0, notes.join(''));
  assert.equal(existsSync(join(models, 'other.safetensors')), true);
  assert.equal(await call(['models', 'add', 'other.safetensors']), 2);
});

test('inspect tells architecture, precision and hashes', async () => {
  assert.equal(await call(['models', 'inspect', 'tiny', '--json']), 0, notes.join(''));
  const found = JSON.parse(printed[0]) as {
    architecture: string;
    precision: string;
    hashes: { sha256: string; autoV2: string; autoV1: string };
  };
  assert.equal(found.architecture, 'sd1');
  assert.equal(found.precision, 'f16');
  assert.match(found.hashes.sha256, /^[0-9a-f]{64}$/);
  assert.equal(found.hashes.autoV2, found.hashes.sha256.slice(0, 10));
  assert.match(found.hashes.autoV1, /^[0-9a-f]{8}$/);
});
