import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { parseCsv } from './csv.ts';
import { readStyles, withStyles } from './styles.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-styles-'));
after(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
  const path = join(folder, 'styles.csv');
  writeFileSync(path, text);
  return path;
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

test('every table that is written as RFC 4180 says is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 })), (rows) => {
      const text = rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
      assert.deepEqual(parseCsv(text), rows);
    }),
  );
});

test('any text is read without an end of the world', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a') }), (text) =>
      Array.isArray(parseCsv(text)),
    ),
  );
});

test('plain and empty fields are read', () => {
  assert.deepEqual(parseCsv('a,b,c\n1,,\n\n"x ""y"", z",2,3'), [
    ['a', 'b', 'c'],
    ['1', '', ''],
    ['x "y", z', '2', '3'],
  ]);
});

test('styles wrap or follow the words; unknown ones change nothing', async () => {
  const styles = await readStyles(
    write(
      '\ufeffname,prompt,negative_prompt\nOil,"oil painting of {prompt}, detailed",photo\nNight,"by night",\n',
    ),
  );
  assert.deepEqual(
    styles.map(({ name }) => name),
    ['Oil', 'Night'],
  );
  assert.deepEqual(
    withStyles({ prompt: 'a cat', negativePrompt: 'blurry' }, ['Oil', 'nothing', 'Night'], styles),
    {
      prompt: 'oil painting of a cat, detailed, by night',
      negativePrompt: 'blurry, photo',
    },
  );
});

test('old files call the prompt text', async () => {
  assert.deepEqual(await readStyles(write('name,text\nOld,an old style\n')), [
    { name: 'Old', prompt: 'an old style', negativePrompt: '' },
  ]);
});

test('where there is no file, or a folder, there are no styles', async () => {
  assert.deepEqual(await readStyles(undefined), []);
  assert.deepEqual(await readStyles(join(folder, 'none.csv')), []);
  assert.deepEqual(await readStyles(folder), []);
});
