/** Where the two outpainting scripts put everything, worked out by hand as A1111's do it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '@bottega/contract';
import type { RgbImage } from '@bottega/diffusion';
import { expand } from '../registry.ts';
import type { OpenRecipe, World } from '../script.ts';
import { plainRecipe } from '../test-recipe.ts';
import { growthOf } from './growth.ts';
import { openPiece } from './open-piece.ts';
import type { Piece } from './pieces.ts';

const recipe: OpenRecipe = {
  ...plainRecipe,
  prompt: 'a town',
  start: { images: ['a'.repeat(64)], strength: 0.8 },
};

const worldOf = (width: number, height: number): World => ({
  randomSeed: () => 1000,
  vaes: [],
  sizeOf: () => ({ width, height }),
  closestModel: () => undefined,
});

test('mk2 grows side by side to multiples of 64, and draws no more than the size of a drawing of each', () => {
  const script = { name: 'outpainting mk2', pixels: 32 } as const;
  const { drawings, sheets } = expand({ ...recipe, batchSize: 2 }, script, worldOf(100, 60));
  assert.deepEqual(
    drawings.map(({ recipe: { width, height, seed, start }, piece, startsFrom }) => [
      width,
      height,
      seed,
      start?.resizeMode,
      piece?.kind === 'grown' && `${piece.side} ${piece.pixels}`,
      startsFrom,
    ]),
    [0, 1].flatMap((copy) => [
      [64, 64, 5 + copy, 'stretch', 'left 46', undefined],
      [64, 64, 5 + copy, 'stretch', 'right 46', 4 * copy],
      [192, 64, 5 + copy, 'stretch', 'up 34', 4 * copy + 1],
      [192, 64, 5 + copy, 'stretch', 'down 34', 4 * copy + 2],
    ]),
  );
  assert.deepEqual(
    sheets.map(({ tiling, places, like }) => [tiling?.width, tiling?.height, places, like]),
    [
      [192, 128, [{ variant: 3 }], 0],
      [192, 128, [{ variant: 7 }], 4],
    ],
  );
});

test('mk2 rounds only where it adds, and softens only along that', () => {
  const script: Script = { name: 'outpainting mk2', pixels: 8, blur: 6, directions: ['up'] };
  const { drawings, sheets } = expand({ ...recipe, height: 128 }, script, worldOf(100, 60));
  assert.deepEqual(
    drawings.map(({ piece }) => piece),
    [{ kind: 'grown', side: 'up', pixels: 68, overlap: { x: 0, y: 6 }, exponent: 1, colourVariation: 0.05 }],
  );
  assert.deepEqual([sheets[0].tiling?.width, sheets[0].tiling?.height], [100, 128]);
});

test('a side of mk2: what stays of the picture, of the latents, and what is drawn', () => {
  const piece = { side: 'left', pixels: 46, overlap: { x: 8, y: 8 } } as const;
  assert.deepEqual(growthOf({ width: 100, height: 60 }, { width: 64, height: 64 }, piece), {
    size: { width: 146, height: 60 },
    canvas: { width: 192, height: 64 },
    picture: { x: 46, y: 0 },
    region: { width: 64, height: 64, x: 0, y: 0 },
    stays: { left: 54, top: 0, right: 146, bottom: 60 },
    latentsStay: { left: 62, top: 0, right: 146, bottom: 60 },
  });
  const down = { side: 'down', pixels: 34, overlap: { x: 8, y: 8 } } as const;
  assert.deepEqual(growthOf({ width: 192, height: 94 }, { width: 64, height: 72 }, down), {
    size: { width: 192, height: 128 },
    canvas: { width: 192, height: 128 },
    picture: { x: 0, y: 0 },
    region: { width: 192, height: 72, x: 0, y: 56 },
    stays: { left: 0, top: 0, right: 192, bottom: 86 },
    latentsStay: { left: 0, top: 0, right: 192, bottom: 22 },
  });
});

function pattern(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) >> 4);
  return { width, height, data };
}

const at = ({ width, data }: RgbImage, x: number, y: number) => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

test('a grown side is noise up to its border; what is drawn of it is laid upon the whole', async () => {
  const picture = pattern(64, 60);
  const piece: Piece = {
    kind: 'grown',
    side: 'right',
    pixels: 64,
    overlap: { x: 8, y: 0 },
    exponent: 1,
    colourVariation: 0.05,
  };
  const { images, mask, finish } = await openPiece(piece, picture, { width: 96, height: 64 });
  const [image] = images;
  assert.deepEqual([image.width, image.height, mask.image.width, mask.latents.height], [96, 64, 96, 64]);
  assert.deepEqual([mask.blur, mask.content], [{ x: 32, y: 0 }, 'original']);
  // The region begins at column 32 of 128; 56 is the last that stays.
  assert.deepEqual(at(image, 24, 10), at(picture, 56, 10));
  assert.notDeepEqual(at(image, 25, 10), at(picture, 57, 10));
  assert.deepEqual([at(mask.image, 24, 10), at(mask.image, 25, 10)].flat(), [0, 0, 0, 255, 255, 255]);
  assert.deepEqual([at(mask.latents, 16, 10), at(mask.latents, 17, 10)].flat(), [0, 0, 0, 255, 255, 255]);
  const drawn = { width: 96, height: 64, data: new Uint8Array(96 * 64 * 3).fill(255) };
  const whole = finish(drawn);
  assert.deepEqual([whole.width, whole.height], [128, 60]);
  assert.deepEqual(at(whole, 31, 59), at(picture, 31, 59));
  assert.deepEqual(at(whole, 32, 59), [255, 255, 255]);
});

test("poor man's draws the tiles that have something new, and leaves the others", async () => {
  const script: Script = {
    name: "poor man's outpainting",
    pixels: 16,
    directions: ['left'],
    blur: 5,
    content: 'latent noise',
  };
  const { drawings, sheets } = expand({ ...recipe, batchSize: 3, batchCount: 2 }, script, worldOf(100, 64));
  const ground = { width: 128, height: 64, left: 28, up: 0 };
  assert.equal(drawings.length, 1);
  assert.deepEqual(drawings[0].piece, {
    kind: 'padded',
    ground,
    x: 0,
    y: 0,
    stays: { left: 38, top: 0, right: 128, bottom: 64 },
    latentsStay: { left: 30, top: 0, right: 128, bottom: 64 },
    blur: 10,
    content: 'latent noise',
  });
  assert.deepEqual(sheets[0].places, [
    { variant: 0 },
    { start: { ground, x: 32, y: 0 } },
    { start: { ground, x: 64, y: 0 } },
  ]);
  assert.deepEqual([sheets[0].tiling?.overlap, sheets.length], [16, 1]);
  const picture = pattern(100, 64);
  const [{ piece }] = drawings;
  assert.ok(piece);
  const { images, mask } = await openPiece(piece, picture, recipe);
  assert.deepEqual([at(images[0], 27, 3), at(images[0], 28, 3)], [[0, 0, 0], at(picture, 0, 3)]);
  assert.deepEqual([at(mask.image, 37, 3)[0], at(mask.image, 38, 3)[0]], [255, 0]);
  assert.deepEqual([at(mask.latents, 29, 3)[0], at(mask.latents, 30, 3)[0]], [255, 0]);
});

test("poor man's takes the next seed for each tile, and draws what rounding adds", () => {
  const script = { name: "poor man's outpainting", pixels: 16 } as const;
  const { drawings, sheets } = expand(recipe, script, worldOf(64, 64));
  assert.deepEqual([sheets[0].tiling?.width, sheets[0].tiling?.height], [128, 128]);
  assert.deepEqual(
    drawings.map((drawing) => drawing.recipe.seed),
    drawings.map((_, index) => 5 + index),
  );
  // The one in the middle is the picture.
  assert.equal(drawings.length, 8);
  const across = expand(recipe, { ...script, directions: ['right'] }, worldOf(64, 60));
  const [{ piece }] = across.drawings;
  assert.ok(piece?.kind === 'padded');
  assert.deepEqual([piece.ground.height, piece.stays.bottom], [64, 64 - 4 - 8]);
});

for (const [what, script, size, said] of [
  ['mk2 beyond a drawing', { name: 'outpainting mk2', pixels: 64 }, [64, 64], /script\.pixels/],
  [
    'a border as wide as the picture',
    { name: 'outpainting mk2', pixels: 8, blur: 20 },
    [16, 16],
    /script\.blur/,
  ],
  ['mk2 of a line', { name: 'outpainting mk2', pixels: 8, blur: 0 }, [100, 4], /8x8/],
  ['mk2 of too much', { name: 'outpainting mk2', pixels: 8, blur: 0 }, [4000, 4000], /8 million/],
  ["poor man's beyond a drawing", { name: "poor man's outpainting", pixels: 64 }, [64, 64], /script\.pixels/],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => expand(recipe, script, worldOf(size[0], size[1])), said);
    const { start: _, ...without } = recipe;
    assert.throws(() => expand(without, script, worldOf(size[0], size[1])), /start/);
  });
}
