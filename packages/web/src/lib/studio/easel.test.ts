import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleGeneration, samplePicture } from '../samples.ts';
import type { Board } from './board.ts';
import { easelOf, pickedAfterRemoval } from './easel.ts';

const done = sampleGeneration('a', { state: 'done', pictures: [samplePicture('p0'), samplePicture('p1')] });
const running = sampleGeneration('b', { state: 'running' });
const idle: Board = { generations: [done] };
const busy: Board = { generations: [running, done] };

test('an empty workshop has an empty easel', () => {
  assert.deepEqual(easelOf({ generations: [] }, undefined), { kind: 'empty' });
});

test('the newest picture stands there, or what is being drawn', () => {
  const easel = easelOf(idle, undefined);
  assert.equal(easel.kind === 'picture' && easel.shown.picture.id, 'p1');
  assert.equal(easelOf(busy, undefined).kind, 'live');
});

test('what a person picked stays, even while something is drawn; a picture that is gone does not', () => {
  const easel = easelOf(busy, 'p0');
  assert.equal(easel.kind === 'picture' && easel.shown.picture.id, 'p0');
  assert.equal(easelOf(busy, 'gone').kind, 'live');
});

test('after a removal the next picture is picked, at the end the one before', () => {
  assert.equal(pickedAfterRemoval(idle, 'p1'), 'p0');
  assert.equal(pickedAfterRemoval(idle, 'p0'), 'p1');
  assert.equal(pickedAfterRemoval({ generations: [] }, 'p0'), undefined);
});
