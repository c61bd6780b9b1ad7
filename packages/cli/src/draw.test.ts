/** Drawing at the command line: pictures, plots and what steers them, on a tiny checkpoint. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import sharp from 'sharp';
import { testTerminal } from './test-terminal.ts';

const { folder, models, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);
await sharp({ create: { width: 48, height: 32, channels: 3, background: 'red' } })
  .png()
  .toFile(join(folder, 'red, wide.png'));

const quick = ['--model', 'tiny', '--size', '64x64', '--steps', '2'];

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
