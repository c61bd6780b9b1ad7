import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvList, toCsv } from './csv-list.ts';
import { readValues } from './values.ts';

// Computed with Python's csv (skipinitialspace) and stripped, as A1111 reads values.
for (const [text, values] of [
  ['1, 2,3', ['1', '2', '3']],
  ['a red apple, "one, two", "say ""x"""', ['a red apple', 'one, two', 'say "x"']],
  ['a,,b,', ['a', '', 'b', '']],
  ['"quoted" rest, x', ['quoted rest', 'x']],
  ['mid"dle, x', ['mid"dle', 'x']],
  ['a\nb, c\r\n\nd', ['a', 'b', 'c', 'd']],
  ['"no end, x', ['no end, x']],
  ['', []],
  [' ', ['']],
] as const) {
  test(`${JSON.stringify(text)} is ${values.length} values`, () => {
    assert.deepEqual(csvList(text), values);
  });
}

test('a list is one line again', () => {
  const values = ['a', 'b, c', 'say "x"'];
  assert.deepEqual(csvList(toCsv(values)), values);
});

// Python's range, NumPy's arange and linspace.
for (const [text, kind, values] of [
  ['1-5', 'whole', [1, 2, 3, 4, 5]],
  ['1-5 (+2)', 'whole', [1, 3, 5]],
  ['10-5 (-3)', 'whole', [10, 7]],
  ['5-1', 'whole', []],
  ['1-10 [5]', 'whole', [1, 3, 5, 7, 10]],
  ['10-1 [4]', 'whole', [10, 7, 4, 1]],
  ['0-10 [1]', 'whole', [0]],
  ['-3 - -1', 'whole', [-3, -2, -1]],
  ['7', 'whole', [7]],
  ['1-2 (+0.5)', 'real', [1, 1.5, 2]],
  ['7-10 (+2)', 'real', [7, 9, 11]],
  ['0-1 (+0.3)', 'real', [0, 0.3, 0.6, 0.8999999999999999, 1.2]],
  ['0-1 [3]', 'real', [0, 0.5, 1]],
  ['1-5', 'real', [1, 2, 3, 4, 5]],
  ['.5', 'real', [0.5]],
  ['-1', 'whole', [-1]],
] as const) {
  test(`${text} as ${kind} numbers`, () => {
    assert.deepEqual(readValues([text], kind, 'x'), values);
  });
}

test('orders are all there are, in the order of the values', () => {
  assert.deepEqual(readValues(['a', 'b', 'c'], 'orders', 'x'), [
    ['a', 'b', 'c'],
    ['a', 'c', 'b'],
    ['b', 'a', 'c'],
    ['b', 'c', 'a'],
    ['c', 'a', 'b'],
    ['c', 'b', 'a'],
  ]);
});

for (const [texts, kind] of [
  [['ten'], 'whole'],
  [['1.5'], 'whole'],
  [[`1-${' '.repeat(100_000)}x`], 'real'],
  [[''], 'real'],
  [['1-999999999'], 'whole'],
  [['1-2 (+0.0000001)'], 'real'],
  [['1-2 (+0)'], 'whole'],
  [['1-5 [99999999999]'], 'real'],
  [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'orders'],
] as const) {
  test(`${texts.join().slice(0, 30)} as ${kind} is refused, by name`, () => {
    assert.throws(() => readValues(texts, kind, 'script.y.values'), /^AppError: script\.y\.values: /);
  });
}
