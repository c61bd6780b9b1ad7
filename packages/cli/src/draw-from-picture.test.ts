/** Drawing from a picture at the command line: with a mask, again and again, in tiles, beyond its edges. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { writeTinyCheckpoint } from '@bottega/testing';
import sharp from 'sharp';
import { testTerminal } from './test-terminal.ts';

const { folder, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);

const quick = ['--model', 'tiny', '--size', '64x64', '--steps', '2'];

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
  assert.equal(await call([...from, '--outpaint', 'left=5000', '-o', 'never.png']), 2);
  assert.match(printed.at(-1) ?? '', /--outpaint: /);
  assert.equal(await call([...masked, '--force', '--soft', 'softness=2']), 2);
  assert.match(printed.at(-1) ?? '', /--soft: .*softness/);
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

const outpaint = (...more: readonly string[]): Promise<number> =>
  call(['outpaint', 'a town', ...quick, '--from', 'town.png', '--pixels', '32', '--seed', '3', ...more]);

await sharp({ create: { width: 64, height: 64, channels: 3, background: 'blue' } })
  .png()
  .toFile(join(folder, 'town.png'));

/** @returns its size, and whether the middle of the picture is still blue. */
async function outpainted(name: string, x: number, y: number) {
  const { data, info } = await sharp(join(folder, name)).raw().toBuffer({ resolveWithObject: true });
  const colour = data.subarray((y * info.width + x) * 3).subarray(0, 3);
  return { width: info.width, height: info.height, isBlue: colour.equals(Buffer.from([0, 0, 255])) };
}

test('outpainting mk2 draws on side after side, and every copy is a picture', async () => {
  const sides = ['--directions', 'left, right', '--blur', '0', '--count', '2', '--json', '-o', 'wide.png'];
  assert.equal(await outpaint(...sides), 0, notes.join(''));
  const { sheets, cells } = JSON.parse(printed[0]) as {
    sheets: string[];
    cells: { pictures: { seed: number; file?: string }[] }[];
  };
  assert.deepEqual(
    sheets,
    ['wide-1.png', 'wide-2.png'].map((name) => join(folder, name)),
  );
  assert.deepEqual(
    cells.map(({ pictures: [{ seed, file }] }) => [seed, file]),
    [3, 3, 4, 4].map((seed) => [seed, undefined]),
  );
  for (const name of ['wide-1.png', 'wide-2.png']) {
    assert.deepEqual(await outpainted(name, 64, 32), { width: 128, height: 64, isBlue: true });
    assert.equal((await outpainted(name, 16, 32)).isBlue, false);
    assert.equal((await outpainted(name, 112, 32)).isBlue, false);
  }
});

test("poor man's outpainting lays the picture between the tiles that are drawn", async () => {
  const way = ['--way', 'poor-mans', '--blur', '2', '--content', 'latent noise', '-o', 'larger.png'];
  assert.equal(await outpaint(...way), 0, notes.join(''));
  assert.deepEqual(await outpainted('larger.png', 64, 64), { width: 128, height: 128, isBlue: true });
  assert.equal((await outpainted('larger.png', 16, 64)).isBlue, false);
});

for (const [wrong, message] of [
  [['--way', 'mk3'], /--way takes mk2 or poor-mans/],
  [['--content', 'fill'], /--content needs --way poor-mans/],
  [['--way', 'poor-mans', '--exponent', '2'], /--exponent needs --way mk2/],
  [['--directions', 'left,under'], /--directions: /],
  [['--pixels', '4000'], /--pixels: /],
  [['--colour-variation', '2'], /--colour-variation: /],
  [['--mask', 'town.png'], /--mask/],
] as const) {
  test(`outpaint ${wrong.join(' ')} is wrong use`, async () => {
    assert.equal(await outpaint(...wrong, '-o', 'never.png'), 2, notes.join(''));
    assert.match(notes.join(''), message);
    assert.ok(readdirSync(folder).every((name) => !name.includes('never')));
  });
}
