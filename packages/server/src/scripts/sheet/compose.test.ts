import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RgbImage } from '@bottega/diffusion';
import { blank } from './canvas.ts';
import { asOne, composeSheet } from './compose.ts';

const bare = { columns: 2, columnLabels: [], rowLabels: [], margin: 0 };

function at({ data, width }: RgbImage, x: number, y: number): number {
  return data[(y * width + x) * 3];
}

/** Darkest value of a part of a picture. */
function darkest(picture: RgbImage, x: number, y: number, width: number, height: number): number {
  let least = 255;
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) least = Math.min(least, at(picture, column, row));
  return least;
}

test('without labels pictures touch, in rows, and empty places are black', async () => {
  const sheet = await composeSheet({ ...bare, margin: 10 }, [blank(4, 4, 50), undefined, blank(4, 4, 90)]);
  assert.deepEqual([sheet.width, sheet.height], [8, 8]);
  assert.deepEqual([at(sheet, 0, 0), at(sheet, 5, 0), at(sheet, 1, 6), at(sheet, 7, 7)], [50, 0, 90, 0]);
});

test('smaller pictures stand in the middle of their places', async () => {
  const sheet = await composeSheet(bare, [blank(8, 8, 50), blank(4, 2, 90)]);
  assert.deepEqual([sheet.width, sheet.height], [16, 8]);
  assert.deepEqual([at(sheet, 9, 4), at(sheet, 10, 3), at(sheet, 13, 4), at(sheet, 14, 4)], [0, 90, 90, 0]);
});

test('labels stand above columns and beside rows, on white, and the margin parts the pictures', async () => {
  const labels = {
    columnLabels: [[{ text: 'Steps: 1' }], [{ text: 'Steps: 2' }]],
    rowLabels: [[{ text: 'Euler' }]],
  };
  const sheet = await composeSheet({ columns: 2, ...labels, margin: 10 }, [
    blank(100, 100, 50),
    blank(100, 100, 90),
  ]);
  assert.equal(sheet.width, 75 + 100 + 10 + 100);
  const top = sheet.height - 100;
  assert.ok(top > 8);
  assert.deepEqual([at(sheet, 75, top), at(sheet, 180, top + 50), at(sheet, 185, top)], [50, 255, 90]);
  for (const [x, y, width, height] of [
    [75, 0, 100, top],
    [185, 0, 100, top],
    [0, top, 75, 100],
  ])
    assert.ok(darkest(sheet, x, y, width, height) < 100, 'it is written upon');
  assert.equal(darkest(sheet, 0, 0, 75, top), 255);
});

test('what is left out is grey, and markup is text like any other', async () => {
  const one = { columns: 1, rowLabels: [], margin: 0 };
  const picture = [blank(200, 200, 255)];
  const struck = await composeSheet({ ...one, columnLabels: [[{ text: '<b>&', struck: true }]] }, picture);
  const plain = await composeSheet({ ...one, columnLabels: [[{ text: '<b>&' }]] }, picture);
  const [top, plainTop] = [struck.height - 200, plain.height - 200];
  assert.ok(darkest(struck, 0, 0, 200, top) > 120);
  assert.ok(darkest(plain, 0, 0, 200, plainTop) < 60);
});

test('a label of any length and of any characters is written', async () => {
  const text = `\u0000\u001b${'word '.repeat(500)}${'x'.repeat(500)}\ud800 日本`;
  const sheet = await composeSheet({ columns: 1, columnLabels: [[{ text }]], rowLabels: [], margin: 0 }, [
    blank(64, 64, 9),
  ]);
  assert.ok(sheet.height > 200);
});

test('several pictures of one place are as square as it gets', async () => {
  const five = await asOne([1, 2, 3, 4, 5].map((value) => blank(2, 2, value)));
  assert.ok(five !== undefined);
  assert.deepEqual([five.width, five.height], [6, 4]);
  assert.deepEqual([at(five, 4, 0), at(five, 0, 2), at(five, 5, 3)], [3, 4, 0]);
  assert.equal(asOne([]), undefined);
});
