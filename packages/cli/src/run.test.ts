import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import sharp from 'sharp';
import { commands } from './commands.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-cli-'));
const models = join(folder, 'data/models');
mkdirSync(models, { recursive: true });
writeTinyCheckpoint(join(models, 'tiny.safetensors'));
await sharp({ create: { width: 48, height: 32, channels: 3, background: 'red' } })
  .png()
  .toFile(join(folder, 'red, wide.png'));
after(() => rmSync(folder, { recursive: true }));

let printed: string[] = [];
let notes: string[] = [];
beforeEach(() => {
  printed = [];
  notes = [];
});

function call(words: readonly string[], signal = new AbortController().signal): Promise<number> {
  return run(words, {
    env: { BOTTEGA_DATA: join(folder, 'data') },
    cwd: folder,
    print: (text) => printed.push(text),
    note: (text) => notes.push(text),
    isTerminal: false,
    signal,
  });
}

const quick = ['--model', 'tiny', '--size', '64x64', '--steps', '2'];

test('no command is wrong use, and the help lists them all', async () => {
  assert.equal(await call([]), 2);
  for (const name of Object.keys(commands)) assert.match(printed.join('\n'), new RegExp(`^  ${name} `, 'm'));
  assert.equal(await call(['--help']), 0);
});

test('every command explains each of its options and gives examples', async () => {
  for (const [name, { load }] of Object.entries(commands)) {
    printed = [];
    assert.equal(await call([name, '--help']), 0);
    const { options, examples } = await load();
    for (const option of Object.keys(options))
      assert.ok(printed[0].includes(`--${option}`), `${name} --${option}`);
    assert.ok(examples.length > 0);
  }
});

test('the same seed draws the same bytes', async () => {
  assert.equal(
    await call(['imagine', 'a cat', ...quick, '--seed', '5', '-o', 'one.png', '--json']),
    0,
    notes.join(''),
  );
  assert.equal(
    await call(['imagine', 'a cat', ...quick, '--seed', '5', '-o', 'two.png', '--json']),
    0,
    notes.join(''),
  );
  const [one, two] = printed.map(
    (line) => JSON.parse(line) as { pictures: { seed: number; infotext: string }[] },
  );
  assert.equal(one.pictures[0].seed, 5);
  assert.match(one.pictures[0].infotext, /^a cat\nSteps: 2, /);
  const bytes = await Promise.all(
    ['one.png', 'two.png'].map(async (name) =>
      (await import('node:fs/promises')).readFile(join(folder, name)),
    ),
  );
  assert.deepEqual(bytes[0], bytes[1]);
  assert.equal(one.pictures[0].infotext, two.pictures[0].infotext);
});

async function drawControlled(...controls: readonly string[]): Promise<string> {
  const options = controls.flatMap((control) => ['--control', control]);
  const drawing = ['imagine', 'a cat', ...quick, '--seed', '5', '-o', 'cat.png', '-f', '--json'];
  assert.equal(await call([...drawing, ...options]), 0, notes.join(''));
  return printed.at(-1) ?? '';
}

test('a ControlNet is followed, by name or by file, several at once', async () => {
  mkdirSync(join(models, 'ControlNet'), { recursive: true });
  writeTinyControlNet(join(models, 'ControlNet/tiny_canny.safetensors'));
  assert.doesNotMatch(await drawControlled(), /ControlNet/);
  const named = await drawControlled('model=canny,image=red, wide.png,module=canny,weight=0.7,end=0.5');
  assert.match(
    named,
    /ControlNet 0: .*Module: canny, Model: tiny_canny \[[0-9a-f]{8}\], Weight: 0\.7, .*Guidance End: 0\.5/,
  );
  await sharp({ create: { width: 16, height: 16, channels: 3, background: 'black' } })
    .png()
    .toFile(join(folder, 'black.png'));
  const picture = (): Promise<Buffer> => sharp(join(folder, 'cat.png')).raw().toBuffer();
  const followed = await picture();
  await drawControlled('model=canny,image=red, wide.png,mask=black.png');
  const unheard = await picture();
  await drawControlled();
  assert.deepEqual(unheard, await picture());
  assert.notDeepEqual(unheard, followed);
  const file = 'model=data/models/ControlNet/tiny_canny.safetensors,image=red, wide.png';
  assert.match(
    await drawControlled(file, `${file},mode=prompt,resize=fill`),
    /ControlNet 1: .*My prompt is more important/,
  );
});

for (const [control, message] of [
  ['canny', /KEY=VALUE/],
  ['image=red, wide.png', /needs model=/],
  ['model=canny,image=none.png', /none\.png cannot be read/],
  ['model=canny,weight=much', /number for weight/],
  ['model=pose,image=red, wide.png', /no ControlNet "pose"/],
  ['model=canny', /needs image=FILE/],
  ['model=canny,image=red, wide.png,mode=loud', /--control mode: /],
  ['model=canny,image=red, wide.png,module=cannier', /cannier/],
] as const) {
  test(`--control ${control} is wrong use`, async () => {
    assert.equal(
      await call(['imagine', 'a cat', ...quick, '-o', 'never.png', '--control', control]),
      2,
      notes.join(''),
    );
    assert.match(notes.join(''), message);
    assert.ok(!existsSync(join(folder, 'never.png')));
  });
}

test('a VAE and a refiner are taken by name or file, and the infotext says so', async () => {
  mkdirSync(join(models, 'VAE'), { recursive: true });
  writeTinyCheckpoint(join(models, 'VAE/soft.safetensors'), { seed: 9 });
  const last = writeTinyCheckpoint(join(folder, 'last.safetensors'), { seed: 3 });
  const drawing = ['imagine', 'a cat', ...quick, '--seed', '5', '-o', 'cat.png', '-f', '--json'];
  const infotextOf = async (...more: string[]): Promise<string> => {
    assert.equal(await call([...drawing, ...more]), 0, notes.join(''));
    return (JSON.parse(printed.at(-1) ?? '') as { pictures: { infotext: string }[] }).pictures[0].infotext;
  };
  assert.match(await infotextOf('--vae', 'soft'), /, VAE: soft\.safetensors/);
  assert.match(await infotextOf('--vae', 'data/models/VAE/soft.safetensors'), /, VAE: soft\.safetensors/);
  assert.doesNotMatch(await infotextOf('--vae', 'None'), /VAE/);
  assert.match(
    await infotextOf('--refiner', last, '--refiner-at', '0.5'),
    /Refiner: last.*, Refiner switch at: 0\.5/,
  );
  for (const [more, message] of [
    [['--vae', 'hard'], /no VAE.*hard|VAE "hard"/],
    [['--refiner', 'nobody'], /no model "nobody"|nobody/],
    [['--refiner-at', '0.5'], /needs --refiner/],
  ] as const) {
    assert.notEqual(await call(['imagine', 'a cat', ...quick, '-o', 'never.png', ...more]), 0);
    assert.match(notes.join(''), message);
  }
});

test('a picture is drawn from another, and outside a mask not a pixel changes', async () => {
  const blue = sharp({ create: { width: 64, height: 64, channels: 3, background: 'blue' } });
  const white = sharp({ create: { width: 16, height: 16, channels: 3, background: 'white' } });
  const input = await white.png().toBuffer();
  await blue.clone().png().toFile(join(folder, 'blue.png'));
  await sharp({ create: { width: 64, height: 64, channels: 3, background: 'black' } })
    .composite([{ input, left: 8, top: 8 }])
    .png()
    .toFile(join(folder, 'mask.png'));
  const model = ['--model', 'tiny', '--steps', '2'];
  const from = ['imagine', 'a pear', ...model, '--from', 'blue.png', '--json'];
  assert.equal(await call([...from, '--strength', '0.6', '-o', 'pear.png']), 0, notes.join(''));
  const masked = [...from, '--mask', 'mask.png', '--mask-blur', '0', '-o', 'masked.png'];
  assert.equal(await call(masked), 0, notes.join(''));
  const [whole] = (JSON.parse(printed[0]) as { pictures: { width: number; infotext: string }[] }).pictures;
  assert.equal(whole.width, 64);
  assert.match(whole.infotext, /Denoising strength: 0\.6/);
  assert.equal(await call([...from, '--outpaint', 'right=16', '-o', 'wide.png']), 0, notes.join(''));
  assert.equal((await sharp(join(folder, 'wide.png')).metadata()).width, 80);
  const data = await sharp(join(folder, 'masked.png')).raw().toBuffer();
  const at = (x: number, y: number): readonly number[] => [
    ...data.subarray((y * 64 + x) * 3, (y * 64 + x + 1) * 3),
  ];
  assert.deepEqual(at(40, 40), [0, 0, 255]);
  assert.notDeepEqual(at(16, 16), [0, 0, 255]);
});

test('loopback and the upscale in tiles begin with a picture', async () => {
  const blue = sharp({ create: { width: 64, height: 64, channels: 3, background: 'blue' } });
  await blue.png().toFile(join(folder, 'sea.png'));
  const from = [...quick, '--from', 'sea.png', '--json', '--seed', '3'];
  assert.equal(
    await call(['loopback', 'waves', ...from, '--loops', '2', '-o', 'waves.png']),
    0,
    notes.join(''),
  );
  assert.equal(
    await call(['sd-upscale', 'sea', ...from, '--overlap', '8', '-o', 'ocean.png']),
    0,
    notes.join(''),
  );
  const [looped, enlarged] = printed.map(
    (line) => JSON.parse(line) as { sheets: string[]; cells: { pictures: { infotext: string }[] }[] },
  );
  assert.equal(looped.cells.length, 2);
  assert.match(looped.cells[1].pictures[0].infotext, /Denoising strength: 0\.5/);
  assert.equal(enlarged.cells.length, 9);
  const { width, height } = await sharp(join(folder, 'ocean.png')).metadata();
  assert.deepEqual([width, height], [128, 128]);
});

test('a plot is a picture and, in JSON, its cells with their values and files', async () => {
  const plot = ['plot', 'a fig', ...quick, '--seed', '3', '--x', 'Steps=1-2', '--y', 'Sampler=Euler, DDIM'];
  assert.equal(await call([...plot, '--pictures', '-o', 'plot.png', '--json']), 0, notes.join(''));
  const { sheets, cells } = JSON.parse(printed[0]) as {
    sheets: string[];
    cells: { x: string; y: string; pictures: { file: string; seed: number; infotext: string }[] }[];
  };
  assert.deepEqual(
    cells.map(({ x, y }) => [x, y]),
    [
      ['Steps: 1', 'Euler'],
      ['Steps: 2', 'Euler'],
      ['Steps: 1', 'DDIM'],
      ['Steps: 2', 'DDIM'],
    ],
  );
  const { width } = await sharp(sheets[0]).metadata();
  assert.equal(width, 48 + 2 * 64);
  const [last] = cells[3].pictures;
  assert.deepEqual([last.file, last.seed], [join(folder, 'plot-4.png'), 3]);
  assert.match(last.infotext, /Steps: 2, Sampler: DDIM/);
  assert.ok(existsSync(last.file));
});

test('a second pass is as large as asked, and tiles and merged tokens say so', async () => {
  const words = ['imagine', 'x', '--model', 'tiny', '--steps', '2', '--size', '64x64', '--json'];
  const more = ['--hires', '1.5', '--tile', '--token-merging', '0.5'];
  assert.equal(await call([...words, ...more, '-o', 'large.png']), 0, notes.join(''));
  const [{ width, infotext }] = (
    JSON.parse(printed[0]) as { pictures: { width: number; infotext: string }[] }
  ).pictures;
  assert.equal(width, 96);
  assert.match(infotext, /Token merging ratio: 0\.5, .*Tiling: True, Hires upscale: 1\.5/);
  const again = [...words.slice(0, 6), '--hires', '2', '--hires-from', 'red, wide.png', '--json'];
  assert.equal(await call([...again, '-o', 'larger.png']), 0, notes.join(''));
  const { width: twice, height } = await sharp(join(folder, 'larger.png')).metadata();
  assert.deepEqual([twice, height], [96, 64]);
});

test('a plot names VAEs, styles and wildcards, and draws its second pass with merged tokens', async () => {
  mkdirSync(join(models, 'VAE'), { recursive: true });
  writeTinyCheckpoint(join(models, 'VAE/bright.safetensors'), { seed: 4 });
  mkdirSync(join(folder, 'data/wildcards'), { recursive: true });
  writeFileSync(join(folder, 'data/wildcards/fruit.txt'), 'a quince\n');
  writeFileSync(join(folder, 'data/styles.csv'), 'name,prompt,negative_prompt\nInk,{prompt} in ink,colour\n');
  const plot = ['plot', '__fruit__', ...quick, '--x', 'VAE=None, bright', '--y', 'Styles=Ink'];
  const more = ['--seed', '3', '--hires', '2', '--hires-token-merging', '0.4', '--json'];
  assert.equal(await call([...plot, ...more, '-o', 'vaes.png']), 0, notes.join(''));
  const { cells } = JSON.parse(printed[0]) as {
    cells: { x: string; prompt: string; pictures: { infotext: string }[] }[];
  };
  assert.deepEqual(
    cells.map(({ x, prompt }) => [x, prompt]),
    [
      ['VAE: None', 'a quince in ink'],
      ['VAE: bright', 'a quince in ink'],
    ],
  );
  assert.doesNotMatch(cells[0].pictures[0].infotext, /, VAE: /);
  assert.match(cells[1].pictures[0].infotext, /, VAE: bright\.safetensors/);
  assert.match(cells[1].pictures[0].infotext, /Token merging ratio hr: 0\.4/);
});

test('imagine fills wildcards and styles too, each picture its own', async () => {
  mkdirSync(join(folder, 'data/wildcards'), { recursive: true });
  writeFileSync(join(folder, 'data/wildcards/shape.txt'), 'cube\ncone\nball\n');
  const words = [
    'imagine',
    'a __shape__',
    ...quick,
    '--seed',
    '1',
    '--count',
    '6',
    '--json',
    '-o',
    'shapes.png',
  ];
  assert.equal(await call(words), 0, notes.join(''));
  const { pictures } = JSON.parse(printed[0]) as { pictures: { seed: number; infotext: string }[] };
  assert.deepEqual(
    pictures.map(({ seed }) => seed),
    [1, 2, 3, 4, 5, 6],
  );
  const drawn = new Set(pictures.map(({ infotext }) => /^a (cube|cone|ball)\n/.exec(infotext)?.[1]));
  assert.ok(drawn.size > 1 && !drawn.has(undefined));
  assert.equal(await call(['imagine', 'x', ...quick, '--style', 'Chalk', '-o', 'never.png']), 2);
  assert.match(notes.join(''), /no style "Chalk"/);
});

test('every drawing command takes --int8, whose picture is nearly the same', async () => {
  // It is exact for its first steps, from which it learns.
  const drawing = [...quick, '--steps', '8', '--seed', '3', '--json'];
  const files = async (name: string, ...more: string[]): Promise<string> => {
    const words = ['prompts', 'figs.txt', ...drawing, ...more, '-o', name];
    assert.equal(await call(words), 0, notes.join(''));
    return join(folder, name);
  };
  writeFileSync(join(folder, 'figs.txt'), 'a fig\n');
  const [exact, near] = await Promise.all(
    [await files('exact.png'), await files('near.png', '--int8')].map((file) => sharp(file).raw().toBuffer()),
  );
  const distance = exact.reduce((sum, value, i) => sum + Math.abs(value - near[i]), 0) / exact.length;
  assert.ok(distance > 0 && distance < 16, String(distance));
  assert.ok(readdirSync(join(folder, 'data/int8')).length > 0);
  assert.equal(await call(['plot', 'x', ...quick, '--x', 'Seed=1', '--int8', '--fast']), 2);
  assert.match(notes.join(''), /--fast or --int8/);
});

test('a setting of a sampler, a variation and settings of noise are told in the infotext', async () => {
  const more = ['--set', 'eta=0.5', '--variation', '8', '--variation-strength', '0.25', '--noise', 'cpu'];
  const words = ['imagine', 'x', ...quick, '--sampler', 'Euler a', ...more, '--noise-delta', '3', '--json'];
  assert.equal(await call([...words, '-o', 'varied.png']), 0, notes.join(''));
  const [{ infotext }] = (JSON.parse(printed[0]) as { pictures: { infotext: string }[] }).pictures;
  for (const said of [
    'Eta: 0.5',
    'Variation seed: 8',
    'Variation seed strength: 0.25',
    'RNG: CPU',
    'ENSD: 3',
  ])
    assert.ok(infotext.includes(said), `${said} in ${infotext}`);
});

test('a file from elsewhere is drawn with, beside an installed one of the same name', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere, { recursive: true });
  const file = writeTinyCheckpoint(join(elsewhere, 'tiny.safetensors'), { seed: 5 });
  const drawing = ['imagine', 'x', '--size', '64x64', '--steps', '2', '--seed', '1', '--json'];
  assert.equal(await call([...drawing, '--model', file, '-o', 'there.png']), 0, notes.join(''));
  assert.equal(await call([...drawing, '--model', 'tiny', '-o', 'here.png']), 0, notes.join(''));
  const [there, here] = printed.map(
    (line) => (JSON.parse(line) as { pictures: { infotext: string }[] }).pictures[0].infotext,
  );
  const hash = /Model hash: (\w+)/;
  assert.notEqual(hash.exec(there)?.[1], hash.exec(here)?.[1]);
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
    printed = [];
    assert.equal(await call(['models', 'list', kind]), 0, notes.join(''));
    assert.match(printed.join('\n'), expected);
    printed = [];
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
    ['plot', 'x', ...quick, '--x', 'Seed=1', '--guidance', '99'],
    /--guidance: /,
  ],
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
