/** Expected values: NumPy 2.4, with its own FFT and generator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcg64 } from '../../random/pcg64.ts';
import { fourier } from './fourier.ts';
import { matchHistogram } from './match-histogram.ts';
import { matchedNoise } from './matched-noise.ts';

test("the generator is NumPy's", () => {
  const next = pcg64(0);
  const first = [next(), next(), next(), next()];
  assert.deepEqual(
    first,
    [0.6369616873214543, 0.2697867137638703, 0.04097352393619469, 0.016527635528529094],
  );
  for (let i = 4; i < 99_999; i++) next();
  assert.equal(next(), 0.5062626145025364);
});

const value = (i: number): number => Math.sin(i * i) + (i % 5);

test('a transform is what its definition says, and goes back, for sides with any factors', () => {
  const [rows, columns] = [6, 14];
  const re = Float64Array.from({ length: rows * columns }, (_, i) => value(i));
  const im = Float64Array.from({ length: rows * columns }, (_, i) => value(i + 99));
  const plane = { re: re.slice(), im: im.slice() };
  fourier(plane, rows, columns);
  for (const [u, v] of [
    [0, 0],
    [1, 3],
    [5, 13],
    [3, 7],
  ]) {
    let [x, y] = [0, 0];
    for (let i = 0; i < re.length; i++) {
      const angle = -2 * Math.PI * ((u * Math.trunc(i / columns)) / rows + (v * (i % columns)) / columns);
      x += re[i] * Math.cos(angle) - im[i] * Math.sin(angle);
      y += re[i] * Math.sin(angle) + im[i] * Math.cos(angle);
    }
    assert.ok(
      Math.abs(plane.re[u * columns + v] - x) < 1e-9 && Math.abs(plane.im[u * columns + v] - y) < 1e-9,
    );
  }
  fourier(plane, rows, columns, true);
  assert.ok(plane.re.every((one, i) => Math.abs(one / re.length - re[i]) < 1e-12));
});

test('values take the levels of others, rank for rank', () => {
  const values = Float64Array.of(5, 1, 1, 9);
  matchHistogram(values, [0, 2, 0, 1, 1]);
  assert.deepEqual([...values], [0.75, 0.25, 0.25, 1]);
});

function example(width: number, height: number, left: number) {
  const data = new Uint8Array(width * height * 3);
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) {
    const [x, y] = [i % width, Math.trunc(i / width)];
    if (x < left) {
      mask[i] = 255;
      continue;
    }
    const hash = Math.trunc(((x * 2_654_435_761 + y * 40_503 * 7919) % 2 ** 32) / 2 ** 24);
    data.set([hash + x, hash * 3 + 2 * y, (hash >> 1) + (x >> 1)], 3 * i);
  }
  return { image: { width, height, data }, mask: { width, height, data: mask } };
}

for (const { size, left, wishes, expected, mean } of [
  {
    size: [128, 64],
    left: 40,
    wishes: {},
    expected: [
      [249, 43, 98],
      [19, 53, 118],
      [237, 242, 147],
      [73, 28, 70],
      [41, 76, 89],
    ],
    mean: [126.3640625, 126.608203125, 104.034765625],
  },
  {
    size: [64, 192],
    left: 24,
    wishes: { exponent: 2.5, colourVariation: 0.8 },
    expected: [
      [122, 242, 151],
      [28, 199, 83],
      [39, 19, 87],
      [95, 149, 24],
      [159, 219, 131],
    ],
    mean: [126.37782118055556, 126.59548611111111, 84.05685763888889],
  },
]) {
  test(`noise in the place of ${left} columns of ${size.join('x')}`, () => {
    const { image, mask } = example(size[0], size[1], left);
    const { data } = matchedNoise(image, mask, wishes);
    const places = [
      [0, 0],
      [5, 3],
      [17, 11],
      [40, 20],
      [63, 23],
    ];
    const found = places.map(([y, x]) => [
      ...data.subarray(3 * (y * size[0] + x), 3 * (y * size[0] + x) + 3),
    ]);
    const apart = found.flat().map((value, i) => Math.abs(value - expected.flat()[i]));
    // The last bit of a transform may fall on either side of a level.
    assert.ok(Math.max(...apart) <= 1, JSON.stringify(found));
    const sums = [0, 0, 0];
    for (let i = 0; i < data.length; i++) {
      if (mask.data[Math.trunc(i / 3)] > 0) sums[i % 3] += data[i];
      else assert.equal(data[i], image.data[i]);
    }
    for (const [c, sum] of sums.entries()) assert.ok(Math.abs(sum / (left * size[1]) - mean[c]) < 0.01);
  });
}

test('of a picture of one colour, and of a black one, there is more of that colour', () => {
  for (const value of [200, 0]) {
    const { mask } = example(64, 64, 16);
    const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 192 < 48 ? 0 : value));
    const filled = matchedNoise({ width: 64, height: 64, data }, mask);
    assert.ok(filled.data.every((one) => one === value));
  }
});
