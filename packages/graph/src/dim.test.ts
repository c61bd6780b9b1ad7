import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dividedUp,
  elementsOf,
  minus,
  plus,
  sameDim,
  shapeText,
  sum,
  symbol,
  times,
  valueOf,
} from './dim.ts';

const height = symbol('height');
const width = symbol('width');

test('products of numbers are numbers', () => {
  assert.equal(times(2, 3, 4), 24);
  assert.equal(times(), 1);
});

test('products of symbols read as they are written and have a value once sizes are known', () => {
  const area = times(2, height, width);
  assert.equal(shapeText([1, area]), '[1, 2*height*width]');
  assert.equal(valueOf(area, { height: 5, width: 7 }), 70);
  assert.equal(times(1, height), height);
});

test('division rounds up, as strided convolutions do', () => {
  assert.equal(dividedUp(9, 2), 5);
  assert.equal(valueOf(dividedUp(height, 2), { height: 9 }), 5);
  assert.ok(sameDim(dividedUp(height, 1), height));
  assert.ok(!sameDim(dividedUp(height, 2), height));
});

test('sums and differences read as they are written', () => {
  const both = sum([height, width, 2]);
  assert.equal(shapeText([both]), '[height+width+2]');
  assert.equal(valueOf(both, { height: 5, width: 7 }), 14);
  assert.equal(valueOf(minus(both, width), { height: 5, width: 7 }), 7);
});

test('what was added can be taken away again', () => {
  assert.equal(plus(3, -1), 2);
  assert.equal(valueOf(plus(height, 2), { height: 5 }), 7);
  assert.equal(plus(plus(height, 2), -2), height);
  assert.equal(shapeText([plus(plus(height, 2), -3)]), '[height-1]');
});

test('elements of a shape need the size of each symbol in it', () => {
  assert.equal(elementsOf([2, height], { height: 3 }), 6);
  assert.equal(elementsOf([]), 1);
  assert.throws(() => elementsOf([height]), /no size given for "height"/);
});
