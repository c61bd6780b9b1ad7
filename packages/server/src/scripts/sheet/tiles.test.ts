import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { RgbImage } from '@bottega/diffusion';
import { cut, joinTiles, tile } from './tiles.ts';

function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = x * 7 + y * 13 + c * 50;
  return { width, height, data };
}

// Computed with Pillow: the same pictures cut and joined as A1111 does.
for (const [width, height, tileWidth, tileHeight, overlap, corners, sha256] of [
  [
    40,
    28,
    16,
    16,
    4,
    [
      [0, 0],
      [12, 0],
      [24, 0],
      [0, 12],
      [12, 12],
      [24, 12],
    ],
    '057b98dbdc5947e3149a1e246b4202bf0986ef7a33181493d088244f9ef1c4e2',
  ],
  [
    50,
    20,
    24,
    24,
    8,
    [
      [0, -4],
      [13, -4],
      [26, -4],
    ],
    '281ba8e6dcc41041b4884bda9ba94f8cf80a1661ab03fe0e7550a9bb7b9bd244',
  ],
  [
    33,
    47,
    16,
    24,
    7,
    [
      [0, 0],
      [8, 0],
      [17, 0],
      [0, 11],
      [8, 11],
      [17, 11],
      [0, 23],
      [8, 23],
      [17, 23],
    ],
    '228fe192499313a19fb9c014b7aef3f5b62f2f2e40490a1576ebc420cacf4b98',
  ],
] as const) {
  test(`${width}x${height} in tiles of ${tileWidth}x${tileHeight} that share ${overlap}, each changed, is what Pillow joins`, () => {
    const source = picture(width, height);
    const size = { width: tileWidth, height: tileHeight };
    const tiling = tile(source, size, overlap);
    assert.deepEqual(
      tiling.corners.map(({ x, y }) => [x, y]),
      corners,
    );
    const changed = tiling.corners.map(({ x, y }, index) => {
      const piece = cut(source, x, y, size);
      return { ...piece, data: piece.data.map((value) => value + index * 37) };
    });
    const { data } = joinTiles(tiling, changed);
    assert.equal(createHash('sha256').update(data).digest('hex'), sha256);
  });
}

test('unchanged tiles join to the picture they were cut from', () => {
  const source = picture(50, 34);
  const size = { width: 24, height: 16 };
  const tiling = tile(source, size, 6);
  const pieces = tiling.corners.map(({ x, y }) => cut(source, x, y, size));
  assert.deepEqual(joinTiles(tiling, pieces), source);
  assert.deepEqual(joinTiles(tiling, []).data, new Uint8Array(source.data.length));
});
