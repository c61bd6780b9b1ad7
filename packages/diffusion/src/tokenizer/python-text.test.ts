import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePythonFloat, trimPython } from './python-text.ts';

test('float reads decimal notation in any script, and nothing else', () => {
  assert.equal(parsePythonFloat(' 1.5\n'), 1.5);
  assert.equal(parsePythonFloat('１.５'), 1.5);
  assert.equal(parsePythonFloat('٣٤'), 34);
  assert.equal(parsePythonFloat('𝟗𝟎'), 90);
  assert.equal(parsePythonFloat('-.5e-1'), -0.05);
  assert.equal(parsePythonFloat('5.'), 5);
  for (const text of ['', '.', '1.2.3', '0x10', 'inf', '1_000', 'Infinity']) {
    assert.ok(Number.isNaN(parsePythonFloat(text)), text);
  }
});

test('white space is what Python calls so', () => {
  assert.equal(trimPython('\x1c\x85\u3000 a b \u2029'), 'a b');
  assert.equal(trimPython('\ufeffa'), '\ufeffa');
});
