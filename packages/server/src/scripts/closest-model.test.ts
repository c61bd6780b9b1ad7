import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelInfo } from '@bottega/contract';
import { closestModel } from './closest-model.ts';

function model(name: string, problem?: string): ModelInfo {
  return { name, title: `${name}.safetensors [0123456789]`, problem } as ModelInfo;
}
const models = [
  model('dream shaper 8'),
  model('dream'),
  model('broken dream', 'it is damaged'),
  model('Photon'),
];

function find(wanted: string): ModelInfo {
  const found = models.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found === undefined) throw new Error('none');
  return found;
}

for (const [words, name] of [
  ['dream shaper 8', 'dream shaper 8'],
  ['SHAPER', 'dream shaper 8'],
  ['drea', 'dream'],
  ['photon [ffffffffff]', 'Photon'],
  ['broken', undefined],
  ['', undefined],
  [`x${' '.repeat(100_000)}x`, undefined],
] as const) {
  test(`"${words.slice(0, 30)}" means ${name ?? 'none'}`, () => {
    assert.equal(closestModel(words, models, find), name);
  });
}
