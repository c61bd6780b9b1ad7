import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridRows } from './grid.ts';

for (const [count, batchSize, settings, rows] of [
  [4, 1, {}, 2],
  [3, 3, {}, 2],
  [5, 1, {}, 2],
  [7, 1, {}, 3],
  [6, 2, { n_rows: 0 }, 2],
  [6, 2, { n_rows: 3 }, 3],
  [2, 1, { n_rows: 9 }, 2],
  [5, 1, { grid_prevent_empty_spots: true }, 1],
  [6, 1, { grid_prevent_empty_spots: true }, 2],
] as const) {
  test(`${count} pictures in batches of ${batchSize} with ${JSON.stringify(settings)} make ${rows} rows`, () => {
    assert.equal(gridRows(count, batchSize, settings), rows);
  });
}
